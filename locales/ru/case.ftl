# Обращения, как их видят руководители.

case-at = %d.%m %H:%M

case-line-open = №{ $n } · свободно · ответить до { $at }
case-line-open-contacted = №{ $n } · свободно · решить до { $at }
case-line-taken = №{ $n } · ведёт { $name } · ответить до { $at }
case-line-talking = №{ $n } · ведёт { $name } · решить до { $at }
case-line-waiting = №{ $n } · ведёт { $name } · ждём клиента с { $at }
case-line-late = ⏰ Срок прошёл: { $at }
case-line-language = Язык клиента: { $language }
case-line-muted = 🔇 Не слушаем до { $at }
case-line-resolved = ✅ №{ $n } · закрыто { $at } · { $name } · { $cause }
case-line-resolved-auto = ✅ №{ $n } · закрыто { $at } · { $cause }
case-line-note = 📝 { $note }
case-line-joined = ➕ Ещё оценка: { $score }
case-line-recovery = Оценка решения: { $score }
case-line-after = 💬 Есть сообщение после закрытия
case-line-reopened = 🔁 Открыто снова, { $count }-й раз
case-line-kept = Сохранено сообщений: { $count }. Откроются, когда обращение возьмут
case-line-unkept = Не сохранено сообщений: { $count }
case-line-home = Переписка в чате «{ $chat }»
case-line-home-private = Переписка в личном чате, { $name }

case-button-take = Взять
case-button-resolve = Закрыть
case-button-more = Ещё
case-button-back = ‹ Назад
case-button-reopen = Открыть снова
case-button-none = Ответ не нужен
case-button-mute = Не слушать
case-button-unmute = Слушать снова
case-button-silently = Закрыть без ответа
case-button-note-last = Заметка — мой последний ответ
case-button-note-write = Написать заметку
case-button-ticket = Тикет ↗
case-button-release = Отпустить
case-button-severity = Важность
case-button-category = Категория
case-button-history = История
case-button-otherwise = Связались иначе

severity-urgent = срочно
severity-normal = обычно
severity-minor = может подождать

cause-agent_knowledge = Знания сотрудника
cause-agent_manner = Тон общения
cause-procedure = Порядок работы
cause-template = Шаблон или автоответ
cause-product = Товар или услуга
cause-delivery = Доставка
cause-other = Другое
cause-none = Ответ не нужен
cause-corrected = Оценку исправили
cause-no_answer = Клиент не ответил
cause-unfounded = Оценка не по делу
cause-erased = Данные стёрты
cause-test = Тест

toast-taken = Теперь это обращение ведёте вы
toast-taken-by = Ведёт { $name }. Нажмите ещё раз, чтобы забрать
toast-resolve-other = Ведёт { $name }. Нажмите ещё раз, чтобы закрыть
toast-case-owner = Ведёт { $name }
toast-take-first = Сначала возьмите обращение
toast-not-contacted = Клиенту ещё никто не ответил
toast-resolved = Уже закрыто: { $name }
toast-done = Уже сделано
toast-card-below = №{ $n } — ниже в этом чате
toast-card-above = №{ $n } — выше в этом чате
toast-gone = Данные стёрты, обращения больше нет
toast-no-role = Эти кнопки для руководителей. Роль выдаёт администратор
toast-released = Обращение свободно
toast-muted = Не слушаем до { $at }: сообщения этого человека вам не передаются
toast-unmuted = Снова слушаем этого человека

ask-note = { $mention }, что сделали для клиента? Ответьте на это сообщение парой слов. №{ $n }
note-not-in-text = Заметку пришлите текстом.
note-of-another = На этот вопрос отвечает { $name }.

case-taken-from = Обращение №{ $n } теперь ведёт { $name }.
case-owner-gone = { $name } больше не в команде. Свободны: { $numbers }.
case-customer-erased = №{ $n }: клиент стёр свои данные, обращение закрыто.
case-number = №{ $n }

# История обращения, по строке на шаг.
history-title = <b>История обращения №{ $n }</b>
history-step = { $at } · { $what }
history-in = { $at } · клиент: «{ $words }»
history-out = { $at } · { $name }: «{ $words }»
history-note = { $at } · 📝 { $name }: { $words }
history-category = { $name }: категория — «{ $to }»
history-earlier = Более ранние записи не поместились: { $count }
