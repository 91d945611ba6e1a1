hooks-title = <b>Подключённые системы</b>
hooks-none = Пока ни одной. Хелпдеск, CRM или магазин могут сами присылать события: код писать не нужно.
hooks-line = { $name } — { $system }, { $state }
hooks-state-watching = только наблюдает
hooks-state-live = работает
hooks-systems = Что подключаем?
hooks-made =
    <b>{ $name }</b>: адрес готов. Он показан только сейчас, и знать его должны только вы и та система:

    { $url }
hooks-new-address =
    <b>{ $name }</b>: новый адрес. Прежний больше не работает. Этот показан только сейчас:

    { $url }
hooks-no-public-url = Перед ним поставьте адрес этой программы: PUBLIC_URL не задан.
hooks-unverified = Эту инструкцию ещё никто не проверил на настоящей учётной записи: если у вас что-то иначе, скажите нам.
hooks-unreachable = ⚠️ Спросить получится только тех, кто уже запустил бота: остальным ссылку никто не доставит, ведь эта система не называет ни почту, ни телефон.
hooks-unreachable-set = ⚠️ Спросить получится только тех, кто уже запустил бота: остальным ссылку никто не доставит. Поможет любая из переменных: { $set }.
hooks-next = Когда сделаете, отправьте оттуда что-нибудь, например закройте пробное обращение: здесь появится, что пришло и что из этого выйдет. События не создаются, пока вы не скажете.
hooks-hook = <b>{ $name }</b> — { $system }, { $state }
hooks-settings = Настройки: <code>{ $settings }</code>
hooks-refused = { $count ->
    [one] Не прошла проверку { $count } доставка, последняя { $at }
    [few] Не прошли проверку { $count } доставки, последняя { $at }
   *[other] Не прошли проверку { $count } доставок, последняя { $at }
}
hooks-nothing-yet = Пока ничего не пришло.
hooks-delivery-line = № { $number }, { $at }: { $outcome }
hooks-delivery = <b>{ $name }</b>
    { $line }
hooks-delivery-gone = Данных этой доставки больше нет: они удалены.
hooks-absent = нет
hooks-outcome-event = событие
hooks-outcome-known = уже известно
hooks-outcome-watched = станет событием
hooks-outcome-received = ждёт разбора
hooks-outcome-ping = проверка связи
hooks-outcome-already-closed = обращение уже закрыто
hooks-outcome-repeat = повтор
hooks-outcome-no-rule = не о том, о чём мы спрашиваем
hooks-outcome-failed = не получилось: { $reason }
hooks-repair-number-as-text = число стало текстом
hooks-repair-text-as-number = текст стал числом
hooks-repair-text-as-flag = текст стал «да» или «нет»
hooks-repair-split = текст разделён на метки
hooks-repair-phone = номер приведён к международному виду
hooks-repair-language = язык приведён к коду
hooks-repair-time-in-zone = время без часового пояса
hooks-repair-other-time = время записано иначе
hooks-repair-unix-time = время от 1970 года
hooks-repair-entities = раскрыты знаки HTML
hooks-repair-controls = убраны переводы строк
hooks-repair-cut = сокращено
hooks-repair-no-value = за этим ничего нет: null, 0 или незаполненная метка шаблона
hooks-repaired-now = стало { $value }
hooks-repair-dropped = не подошло, пропущено
hooks-ask-secret = Пришлите секрет для «{ $name }» следующим сообщением, а потом удалите его из чата. Прежний секрет тоже действует, пока не придёт ещё один.
hooks-secret-wrong = Так не подойдёт: нужна одна строка, до 512 знаков.
hooks-secret-no-login = С таким секретом не пройдёт ни одна доставка: нужны логин:пароль, как в другой системе.
hooks-secret-not-base64 = С таким секретом не пройдёт ни одна доставка: нужен whsec_ и base64, как показывает другая система.
hooks-secret-kept = Секрет сохранён: теперь доставки проверяются им.
hooks-ask-setting = Что поменять в «{ $name }»? Напишите <code>имя=значение</code>, каждое с новой строки; пустое значение возвращает исходное. Имена: { $names }.
hooks-setting-wrong = Так не подойдёт: нужно имя из списка, знак «=» и значение. Часовой пояс пишется как Europe/Moscow, страна пока только RU.
hooks-sure-address = Дать «{ $name }» новый адрес? Прежний сразу перестанет работать.
hooks-sure-revoke = Отключить «{ $name }»? Адрес сразу перестанет работать, а события останутся.
hooks-button-connect = ➕ Подключить
hooks-button-back = ← Назад
hooks-button-arrived = Что пришло
hooks-button-hook = ← К доставкам
hooks-button-refresh = Обновить
hooks-button-go = ✅ Всё верно, включить
hooks-button-go-unseen = Включить, не увидев верной доставки
hooks-button-watch = Только наблюдать
hooks-button-secret = Секрет
hooks-button-settings = Настройки
hooks-button-address = Новый адрес
hooks-button-revoke = Отключить
hooks-button-replay = Разобрать заново
hooks-toast-live = Теперь доставки становятся событиями
hooks-toast-watching = Теперь только наблюдаем
hooks-toast-revoked = Отключено
hooks-toast-gone = Этой системы здесь больше нет
hooks-toast-replayed = Будет разобрано заново
hooks-outcome-skipped = пропущено
hooks-outcome-not-read = не получилось
hooks-outcome-counted = { $outcome }: { $count }
hooks-element = Элемент { $number }: { $outcome }
hooks-reason-absent = нет значения
hooks-reason-absent-of = нет значения: в доставке нет { $names }
hooks-and = {" "}и{" "}
hooks-reason-future = время ещё не наступило: верно ли задан часовой пояс (tz)?
hooks-reason-time = не удалось понять время
hooks-reason-word = такого значения здесь не бывает
hooks-reason-type = значение не того вида
hooks-reason-expression = выражение не удалось вычислить
hooks-reason-slow = выражение вычислялось слишком долго и остановлено
hooks-reason-no-list = это не список
hooks-reason-too-many = слишком много элементов
hooks-reason-json = это не JSON
hooks-reason-charset = текст не в UTF-8 и не в кодировке, которая указана
hooks-reason-multipart = multipart/form-data не читается: нужен JSON или форма application/x-www-form-urlencoded
hooks-reason-nobodys = это ничей ID: пусто, 0, слово вроде null или незаполненная подстановка
hooks-reason-earlier = нет более раннего события, о котором эта доставка
hooks-reason-character = есть символ, который здесь недопустим
hooks-reason-twice = одно имя встречается дважды
hooks-reason-long = значение слишком длинное
hooks-reason-internal = внутренняя ошибка, подробности в журнале программы
hooks-reason-gone = система отключена, или её настройку не удаётся прочитать
hooks-reason-rule = правило { $number }, when
hooks-reason-other = подробности покажет afterword hook show
hooks-reason-malformed = тело запроса не удалось прочитать: { $why }
hooks-changed = Настройки сохранены. Из последних доставок теперь иначе разбираются:
hooks-changed-line = № { $number }: { $before } → { $after }
hooks-more = …и ещё { $count }
hooks-changed-nothing = Настройки сохранены. Последние доставки разбираются так же, как раньше.
hooks-silent = 📭 «{ $name }» ({ $system }): уже { $hours } ч ничего не приходило, хотя раньше события приходили постоянно. Проверьте, включён ли там вебхук; администратору поможет /hooks.
hooks-failing = ⚠️ «{ $name }» ({ $system }): не удалось разобрать { $failed } из { $newest } последних доставок, по ним никого не спросят. Причины администратор увидит в /hooks.
