# The survey itself: what stands around the script's own texts.

survey-test = 🧪 Тестовый опрос: ответы не попадут в отчёты.
survey-progress = Вопрос { $number } из { $total }
survey-choose-several = Можно выбрать несколько вариантов.
survey-current-score = Ваша оценка: { $value }
survey-current-answer = Ваш ответ: { $value }
survey-write-here = Можно написать здесь, записать голосовое или прислать фото.
survey-write-answer = Ответьте сообщением: текстом, голосовым или фото.
survey-reminder = Напоминаем: этот опрос ещё ждёт вашего ответа. Больше напоминать не будем.
survey-shown-again = Какое-то время мы были недоступны, и нажатия могли не дойти. Если вы отвечали, ответьте, пожалуйста, ещё раз.
survey-still-open = Этот вопрос ещё ждёт вашего ответа.
survey-noted = Спасибо, записали.
survey-thanks = Спасибо! Мы читаем каждый ответ.
survey-thanks-low = Спасибо, что рассказали. Передали тем, кто может это исправить.
# Below the script's own thanks.
survey-passed-on = Передали ваш ответ тем, кто может это исправить.
survey-comment-kept = Комментарий записан.
survey-write-more = Если хотите добавить что-то ещё, просто напишите.
survey-full = В этом опросе больше нет места: всё, что вы написали раньше, записано, а новые сообщения и дописанное к прежним — уже нет. Хотите рассказать больше? Отправьте /human, и вам ответит человек.
survey-review = Какой ответ изменить?
survey-given-words = ваше сообщение
survey-given-nothing = без ответа
survey-expired = Опрос завершён, отвечать уже не нужно. Спасибо!
survey-expired-partly = Опрос завершён. Всё, на что вы ответили, мы сохранили. Спасибо!
survey-erased = Этот опрос закрыт: ваши данные стёрты.
survey-stopped = Хорошо, этот опрос остановлен.
survey-stopped-partly = Хорошо, этот опрос остановлен. Ответы, которые вы уже дали, сохранены.

survey-moved = Теперь мы пишем вам в другой чат: этот опрос уже там.

survey-button-back = ← Назад
survey-button-stop = Остановить
survey-button-continue = Продолжить
survey-button-done = Готово
survey-button-skip = Пропустить
survey-button-change = Изменить ответ
survey-button-keep = Оставить как есть

survey-toast-answered = На этот вопрос вы уже ответили
survey-toast-passed = Этот шаг уже пройден
survey-toast-elsewhere = Опрос продолжается в другом сообщении
survey-toast-over = Этот опрос уже завершён. Спасибо!
survey-toast-foreign = Этот опрос адресован не вам
survey-toast-stopped = Опрос остановлен
survey-toast-other-open = Сейчас открыт другой опрос, этот продолжить нельзя
survey-toast-unknown = Эта кнопка больше не действует

# What the numbers mean, where the script does not say it.
scale-ends = { $low } — { $low_meaning }, { $high } — { $high_meaning }
scale-satisfied-low = совсем плохо
scale-satisfied-high = отлично
scale-nps-low = точно не порекомендую
scale-nps-high = точно порекомендую
scale-easy-low = очень трудно
scale-easy-high = очень легко
scale-hard-low = очень легко
scale-hard-high = очень трудно
scale-important-low = совсем не важно
scale-important-high = очень важно
scale-smiley-1 = 🙁 Плохо
scale-smiley-2 = 😐 Нормально
scale-smiley-3 = 🙂 Отлично
scale-yes = Да
scale-no = Нет

# As the company's people read a moment and a day, in the signs of strftime.
date-moment = %d.%m.%Y %H:%M
date-day = %d.%m.%Y

# A day as people say it.
date-day-month = { $month ->
    [1] { $day } января
    [2] { $day } февраля
    [3] { $day } марта
    [4] { $day } апреля
    [5] { $day } мая
    [6] { $day } июня
    [7] { $day } июля
    [8] { $day } августа
    [9] { $day } сентября
    [10] { $day } октября
    [11] { $day } ноября
   *[12] { $day } декабря
}
