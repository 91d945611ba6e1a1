# The pages of the dashboard.

# The bot's messages about them.
command-dashboard = ссылка на страницы с оценками
dashboard-refused = Страницы с оценками открыты тем, у кого есть роль. Её выдаёт администратор бота.
dashboard-no-address = Страницы не открыть: PUBLIC_URL ведёт на незашифрованный адрес. Скажите тому, кто обслуживает бота: нужен https.
dashboard-link = Вход на страницы с оценками. Ссылка действует { $minutes } мин и сработает один раз; никому её не пересылайте.
    { $link }
dashboard-sessions = { $count ->
    [one] Вы вошли в { $count } месте:
   *[other] Вы вошли в { $count } местах:
}
dashboard-session = · { $device }, последний раз { $seen }
dashboard-off = Выйти везде: /dashboard off
dashboard-ended = Готово, вы вышли везде.

# The frame.
page-skip = К содержанию
page-nav = Разделы
page-nav-main = Главное
page-nav-more = Ещё
page-nav-work = Работа
page-nav-data = Данные
page-nav-mine = Мои оценки
page-nav-answers = Ответы
page-nav-surveys = Опросы
page-nav-cases = Обращения
page-overdue = просрочены
page-language = Язык
page-colours = Цвета
page-colours-auto = Как в системе
page-colours-light = Светлые
page-colours-dark = Тёмные
page-sign-out = Выйти
page-print-line = { $brand } · { $day }
page-role-reader = чтение всего
page-role-admin = администратор
page-role-lead = руководитель
page-role-agent = сотрудник

# In place of a page.
page-forbidden = Эта страница не для вашей роли
page-forbidden-text = Вы вошли как { $who }. Вам видны ваши оценки и обращения; чужие видят руководители.
page-forbidden-lead = Вы вошли как { $who }. Это может открыть только администратор.
page-forbidden-hint = Нужен доступ? Роли раздаёт администратор в Telegram: /staff.
page-foreign = Это действие не выполнено
page-foreign-text = Форма пришла не с этой страницы или сеанс уже другой. Вернитесь, обновите страницу и попробуйте ещё раз.
page-too-many = Слишком много неверных ссылок
page-too-many-text = С вашего адреса пришло слишком много неверных ссылок. Подождите минуту.
page-busy = Не получилось: база занята
page-busy-text = Ничего не пропало. Обновите страницу через несколько секунд.
page-not-found = Такой страницы нет
page-not-found-text = Адрес набран с ошибкой, или то, что здесь было, стёрто вместе с данными клиента.
page-no-customer = Такого клиента нет
page-no-customer-text = О клиенте с таким ID ничего не хранится, или его данные стёрты. От стёртого клиента остаются оценки, но не то, чьи они.
page-not-shared = Этой страницей поделиться нельзя
page-not-shared-text = По ссылке открываются только страницы с показателями: обзор, вопросы, сотрудники, темы, ожидание, важность, охват и показатели поддержки.
page-unsafe = Здесь страницы не открыть
page-unsafe-text = По этому адресу слова клиентов шли бы незашифрованными. Нужен https и PUBLIC_URL с ним, или адрес этой машины или частной сети.
page-to-start = На главную
page-to-answers = К ответам
page-to-login = Войти
page-open-bot = Открыть бота

# The way in.
page-login = Вход
page-login-how = Пароля нет: отправьте боту в личном чате команду /dashboard, и придёт ссылка на один вход.
page-login-shell = Есть доступ к серверу? Ссылку печатает команда afterword dashboard.
page-login-as = Войти как { $name }
page-login-button = Войти
page-login-text = Роль: { $role }. Ссылку создал бот по вашей команде /dashboard, она сработает один раз и действует ещё { $minutes } мин.
page-login-text-shell = Роль: { $role }. Ссылку напечатала команда на сервере, она сработает один раз и действует ещё { $minutes } мин.
page-login-remember = Это моё устройство: помнить 30 дней
page-login-hint = Не просили ссылку? Закройте страницу и напишите администратору: кто-то пишет боту с вашего телефона.
page-login-expired = Эта ссылка уже не действует
page-login-expired-text = Она живёт 10 минут и срабатывает один раз. Отправьте боту /dashboard, и придёт новая.

# Dates, durations, numbers.
page-short-date = { $month ->
    [1] { $day } янв
    [2] { $day } фев
    [3] { $day } мар
    [4] { $day } апр
    [5] { $day } мая
    [6] { $day } июн
    [7] { $day } июл
    [8] { $day } авг
    [9] { $day } сен
    [10] { $day } окт
    [11] { $day } ноя
   *[12] { $day } дек
}
page-full-date = { $month ->
    [1] { $day } января { $year }
    [2] { $day } февраля { $year }
    [3] { $day } марта { $year }
    [4] { $day } апреля { $year }
    [5] { $day } мая { $year }
    [6] { $day } июня { $year }
    [7] { $day } июля { $year }
    [8] { $day } августа { $year }
    [9] { $day } сентября { $year }
    [10] { $day } октября { $year }
    [11] { $day } ноября { $year }
   *[12] { $day } декабря { $year }
}
page-long-date = { $month ->
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
page-month = { $month ->
    [1] Январь { $year }
    [2] Февраль { $year }
    [3] Март { $year }
    [4] Апрель { $year }
    [5] Май { $year }
    [6] Июнь { $year }
    [7] Июль { $year }
    [8] Август { $year }
    [9] Сентябрь { $year }
    [10] Октябрь { $year }
    [11] Ноябрь { $year }
   *[12] Декабрь { $year }
}
page-month-alone = { $month ->
    [1] Январь
    [2] Февраль
    [3] Март
    [4] Апрель
    [5] Май
    [6] Июнь
    [7] Июль
    [8] Август
    [9] Сентябрь
    [10] Октябрь
    [11] Ноябрь
   *[12] Декабрь
}
page-month-running = { $month ->
    [1] Январь, идёт
    [2] Февраль, идёт
    [3] Март, идёт
    [4] Апрель, идёт
    [5] Май, идёт
    [6] Июнь, идёт
    [7] Июль, идёт
    [8] Август, идёт
    [9] Сентябрь, идёт
    [10] Октябрь, идёт
    [11] Ноябрь, идёт
   *[12] Декабрь, идёт
}
page-year = { $year } год
page-range = { $from } – { $to }
page-range-in-month = { $from }–{ $to }
page-last-week = Прошлая неделя
page-three-months = 3 месяца
page-six-months = 6 месяцев
page-twelve-months = 12 месяцев
page-score = { $value } из { $max }
page-score-of = из { $max }

# Period, filters, chips.
page-period = Период
page-by-event-day = по дню события
page-from = С
page-to = По
page-compare = Сравнить
page-vs-prev = с предыдущим таким же периодом
page-vs-year = с тем же периодом год назад
page-vs-none = ни с чем
page-show = Показать
page-filter = Фильтр
page-all = все
page-all-fields = Все признаки: магазин, сценарий, версия, сегмент, автоответ, стаж
page-download = Скачать
page-file-csv = CSV: { $table }
page-file-xlsx = Excel (XLSX): все таблицы
page-file-png = Картинка (PNG)
page-file-svg = Картинка (SVG)
page-picture-more = { $count ->
    [one] Ещё { $shown } строка — в CSV
    [few] Ещё { $shown } строки — в CSV
   *[other] Ещё { $shown } строк — в CSV
}
page-table-figures = показатели
page-table-trend = по месяцам
page-table-reasons = причины
page-table-topics = темы
page-table-automations = автоответы
page-table-agents = сотрудники
page-table-ledger = исходы событий
page-table-parts = по частям
page-table-bounds = границы
page-table-waiting = ожидание
page-table-bins = по времени ожидания
page-table-importance = важность
page-table-drivers = что влияет на оценку
page-table-kpis = показатели поддержки
page-chosen = Выбрано
page-clear = Сбросить
page-clear-all = Сбросить отбор
page-remove = Убрать: { $name }: { $value }
page-not = кроме: { $value }
page-twice = второй раз не учтено: { $pair }
page-unknown = не знаем: { $pair }
page-unseen = { $value } (за этот период таких нет)
page-ahead = ещё не начался: { $pair }
page-none = (нет)
page-yes = да
page-wait-from = от { $from }
page-wait-until = до { $to }
page-wait-range = от { $from } до { $to }
page-word-script = Сценарий
page-word-version = Версия
page-word-question = Вопрос
page-word-agent = Сотрудник
page-word-team = Команда
page-word-store = Магазин
page-word-channel = Канал
page-word-tag = Тема
page-word-segment = Сегмент
page-word-automation = Автоответ
page-word-kind = Событие
page-word-hook = Источник
page-word-tenure = Стаж
page-word-band = Оценка
page-word-value = Значение
page-word-reason = Причина
page-word-text = Слова
page-word-words = Со словами
page-word-voice = С голосом
page-word-wait = Ожидание
page-word-state = Состояние
page-word-open = Только открытые
page-word-reviewed = Без оспоренных
page-band-low = плохо
page-band-neutral = нормально
page-band-high = хорошо
page-tenure-new = новичок
page-tenure-established = со стажем
page-tenure-unknown = стаж неизвестен
page-kind-purchase = покупка
page-kind-ticket = тикет закрыт
page-state-received = принято
page-state-waiting = ждёт ссылки
page-state-scheduled = запланирован
page-state-recorded = для статистики
page-state-sending = отправляется
page-state-sent = отправлен
page-state-started = начат
page-state-completed = пройден
page-state-refused = отказ
page-state-partial = пройден не весь
page-state-expired = без ответа
page-state-suppressed = не отправлен
page-state-undeliverable = не доставлен
page-state-eligible = можно было спросить
page-state-delivered = спросили
page-state-answered = ответили

# Answers.
page-answers = { $count ->
    [one] { $shown } ответ
    [few] { $shown } ответа
   *[other] { $shown } ответов
}
page-answers-none = С таким отбором ответов нет.
page-answers-shown = Показаны { $from }–{ $to } из { $all }, новые сверху
page-without = { $name } — без этого отбора { $count }
page-next-50 = Показать следующие 50
page-beyond = Дальше ничего нет: всего { $all }.
page-to-first = К началу списка
page-search = Искать в словах
page-tab-all = Все · { $count }
page-tab-low = Плохо · { $count }
page-tab-neutral = Нормально · { $count }
page-tab-high = Хорошо · { $count }
page-tab-words = Со словами · { $count }
page-tab-voice = С голосом · { $count }
page-file-voice = голосовое сообщение
page-file-photo = фото
page-file-video = видео
page-file-video-note = видеосообщение
page-file-audio = аудиозапись
page-file-document = файл
page-files-stay = Голосовые сообщения, фото и файлы остаются в Telegram, на этой странице их не открыть.
page-files-with-case = Голосовые сообщения, фото и файлы остаются в Telegram, на этой странице их не открыть. Копии пришли в чат, где опубликовано обращение:
page-first-response = первый ответ { $time }
page-automation = автоответ «{ $name }»
page-erased = клиент стёрт
page-customer = Клиент
page-test = тест

# Surveys.
page-events = { $count ->
    [one] { $shown } событие
    [few] { $shown } события
   *[other] { $shown } событий
}
page-events-none = С таким отбором событий нет.
page-day = День
page-survey = Опрос
page-survey-about = Опрос: { $subject }
page-no-script = без сценария
page-changes = { $count ->
    [one] История: { $shown } изменение
    [few] История: { $shown } изменения
   *[other] История: { $shown } изменений
}
page-part-answer = оценка
page-part-reason = причины
page-part-comment = слова
page-words-changed = слова были другими
page-customer-before = Этот клиент в других опросах
page-way = Что стало с событием
page-event-facts = Событие
page-event = Номер события
page-happened = Когда
page-first-response-name = Первый ответ
page-resolution-name = Решено за
page-reason-throttled = недавно спрашивали
page-reason-sampled = не попал в выборку
page-reason-opted-out = клиент отказался от опросов
page-reason-stale = вышло время
page-reason-no-script = нет сценария
page-reason-not-eligible = условия сценария не подошли
page-reason-staff = это сотрудник
page-reason-cancelled = событие отменено
page-reason-paused = сценарий на паузе
page-reason-conversation = шёл разговор с человеком
page-reason-erased = клиент стёрт
page-reason-expired = вышло время
page-reason-stopped = клиент остановил
page-reason-blocked = клиент заблокировал бота
page-reason-untouched = не открыл
page-reason-never-linked = не перешёл по ссылке
page-reason-deactivated = аккаунт удалён
page-reason-chat-not-found = чата нет
page-reason-message-refused = Telegram не принял текст
page-reason-unconfirmed = доставка не подтверждена

# Cases.
page-which-cases = Какие обращения
page-cases-open = Открытые · { $count }
page-cases-late = Просрочены · { $count }
page-cases-free = Без владельца · { $count }
page-cases-mine = Мои · { $count }
page-cases-done = Закрытые · { $count }
page-cases-none = Здесь ничего нет.
page-case = Обращение №{ $n }
page-case-open = свободно
page-case-taken = в работе
page-case-waiting = ждём клиента
page-case-resolved = закрыто
page-case-score = оценка { $score }
page-case-human = просит человека
page-case-message = написал сам
page-no-owner = без владельца
page-owner = ведёт { $name }
page-open-case = Открыть
page-no-deadline = без срока
page-reply-until = ответить до { $at }
page-resolve-until = решить до { $at }
page-late-by = просрочено на { $time }
page-left = осталось { $time }
page-answers-of = Ответы, { $day }
page-thread = Переписка
page-deadlines = Сроки
page-case-opened = Открыто
page-reply-due = Ответить до
page-replied = Ответили
page-resolve-due = Решить до
page-resolved = Закрыто
page-what-was-done = Что сделали
page-acts-in-telegram = Взять, ответить и закрыть — в Telegram: /cases
page-message-undeliverable = не доставлено
page-message-taken-back = отозвано
page-message-held = ждёт вашего решения
page-message-waiting = отправляется
page-program = программа
page-note-by = Заметка · { $name }
page-step-opened = обращение открыто
page-step-joined = добавилась ещё одна оценка
page-step-told = клиенту сказали номер и срок
page-step-taken = { $name }: взято
page-step-released = { $name }: снова свободно
page-step-handed-over = { $name }: передано другому
page-step-waiting = ждём клиента
page-step-snoozed = { $name }: срок отложен
page-step-severity = { $name }: важность — { $to }
page-step-contacted = клиенту ответили впервые
page-step-undeliverable = сообщение не дошло
page-step-warned = напомнили о сроке
page-step-overdue = срок прошёл
page-step-resolved = { $name }: закрыто, причина — { $cause }
page-step-afterword = клиент написал после закрытия
page-step-reopened = { $name }: открыто снова
page-step-recovery = клиент ответил, помогло ли решение
page-step-muted = { $name }: сообщения клиента пока не передаются

# An agent's own scores, and the page with all filters.
page-agent-unknown = Не известно, под каким номером вы в событиях. Попросите администратора указать его: /staff.
page-my-values = Мои значения
page-value = Значение
page-too-few = мало оценок
page-to-learn = Плохие и нормальные оценки
page-all-answers = Все мои ответы
page-no-low = Плохих и нормальных оценок за это время нет.
page-filters = Все признаки

# A customer.
page-customer-history = История клиента
page-customer-record = Выгрузить всё (JSON)
page-reach = Связь
page-reach-open = Бот может писать клиенту в Telegram.
page-reach-no-chat = Чата с клиентом нет: он ещё не перешёл по своей ссылке на бота. До тех пор опросы его ждут.
page-reach-not-begun = Telegram клиента известен, но боту он ещё не писал. Сможет ли бот написать первым, покажет следующий опрос.
page-reach-refused = Боту нельзя писать клиенту: тот ещё не начинал с ним чат или чата больше нет.
page-reach-blocked = Клиент заблокировал бота: опросы и ответы до него не доходят.
page-reach-deleted = Аккаунт клиента в Telegram удалён: написать ему больше нельзя.
page-reach-stopped = { $day } клиент отказался от опросов и больше их не получает.
page-customer-all = Всё об этом клиенте
page-customer-cases = { $count ->
    [one] { $shown } обращение
    [few] { $shown } обращения
   *[other] { $shown } обращений
}
page-kind-ticket-opened = тикет открыт
page-kind-ticket-reopened = тикет открыт снова
page-kind-cancelled = покупка отменена
page-kind-case-resolved = обращение закрыто

# Shared pages.
page-share = Поделиться
page-share-about = Эту страницу с этим отбором увидит каждый, у кого есть ссылка. Изменить отбор или перейти на другие страницы он не сможет.
page-share-for = Для кого (видно только в списке ссылок)
page-share-days = Ссылка действует
page-share-words = Показывать слова клиентов
page-share-agents = Показывать имена сотрудников
page-share-agent = Страница посвящена одному сотруднику, поэтому поделиться ею можно только с именем.
page-share-make = Создать ссылку
page-days = { $count ->
    [one] { $shown } день
    [few] { $shown } дня
   *[other] { $shown } дней
}
page-shared-until = Только для чтения · ссылка действует до { $day }
page-links = Доступ по ссылке
page-links-about = Страницы, которые можно открыть по ссылке без входа. Если её создатель лишится роли, ссылка тоже перестанет действовать.
page-links-none = Ни одной страницей пока не поделились. Кнопка «Поделиться» есть на страницах с показателями.
page-link-made = Ссылка готова
page-link-made-hint = Скопируйте её сейчас: больше она нигде не показывается.
page-link-page = Страница
page-link-maker = Кто создал
page-link-until = Действует до
page-link-opened = Открывали
page-link-never = ни разу
page-link-for = Для кого
page-link-words = со словами клиентов
page-link-agents = с именами сотрудников
page-link-end = Отозвать
page-link-over = Ссылка уже не действует
page-too-many-links = Слишком много ссылок
page-too-many-links-text = У вас уже сто действующих ссылок. Отзовите ненужные на странице «Доступ по ссылке».
