# What leads and admins read, apart from the alerts themselves.

staff-admin = Готово, вы администратор.
staff-lead = Готово, вы в команде.
staff-lead-alerts = Чтобы обращения приходили сюда, отправьте /alerts. Чтобы они приходили в группу, отправьте /alerts в ней.
staff-agent = Готово, вы в команде.
staff-next-steps = Что дальше:
    1. Добавьте бота в группу, где работают руководители поддержки.
    2. Отправьте в ней /alerts — туда будут приходить обращения: плохие оценки и просьбы позвать человека. Если в группе есть темы, отправьте команду в нужной теме.
    Группы нет? Отправьте /alerts прямо здесь.
staff-until-then = Пока чата для обращений нет, они приходят администраторам в личные сообщения.
staff-invite-used = Эта ссылка одноразовая, и ею уже воспользовались. Попросите у администратора новую.
staff-hello-admin = Здравствуйте! Вы администратор этого бота.
staff-hello-lead = Здравствуйте! Вы в команде этого бота.

staff-alerts-on = Готово: обращения будут приходить сюда. Отключить: /alerts off
staff-alerts-on-already = Обращения уже приходят сюда. Отключить: /alerts off
staff-alerts-sent = { $count ->
        [one] { $count } обращение ждало такого чата: отправляем его сейчас.
        [few] { $count } обращения ждали такого чата: отправляем их сейчас.
       *[other] { $count } обращений ждали такого чата: отправляем их сейчас.
    }
staff-alerts-off = Хорошо, обращения сюда больше не приходят. Включить снова: /alerts
staff-alerts-off-last = Других чатов нет: теперь обращения приходят администраторам в личные сообщения.
staff-alerts-off-already = Обращения сюда и не приходили. Включить: /alerts
staff-alerts-off-configured = Этот чат указан в настройке ALERT_CHATS, поэтому отключить его можно только там.
staff-alerts-usage = Команда пишется так: /alerts, /alerts off или /alerts team Розница

alerts-what-both = Сюда приходят новые обращения и просроченные.
alerts-what-cases = Сюда приходят новые обращения.
alerts-what-overdue = Сюда приходят только просроченные обращения.
alerts-what-nothing = Сейчас сюда не приходит ничего.
alerts-night = С { $from }:00 до { $to }:00 ({ $zone }) обращения приходят без звука.
alerts-only-title = Только такие:
alerts-only = { $kind }: { $values }
alerts-only-severity = { $kind }: от «{ $values }» и выше
alerts-more = и ещё { $count }
alerts-unfiltered = Фильтров нет: сюда попадает всё, что не отобрали фильтры других чатов.
alerts-filtered = Остальное получают чаты без фильтров, а если таких нет, администраторы.
alerts-configured = Этот чат указан в настройке ALERT_CHATS, поэтому фильтров у него нет: сюда попадает всё, что не отобрали фильтры других чатов.
alerts-overdue-configured = Просроченные приходят без фильтров: этот чат указан в настройке ESCALATION_CHATS.
alerts-choose = { $kind }: отметьте, что приходит сюда. Если ничего не отмечено, подходит любое значение.
alerts-choose-severity = Начиная с какой важности обращения приходят сюда?
alerts-none = В событиях таких значений пока нет.
alerts-type = Если нужного нет в списке, отправьте: <code>/alerts { $word } название</code>
alerts-typed-wrong = Такое значение не подойдёт. Например: <code>/alerts team Розница</code>
alerts-many = В одном фильтре помещается не больше { $count } значений.
alerts-stale = Список изменился, вот новый
alerts-team = Команда
alerts-store = Магазин
alerts-agent = Сотрудник
alerts-channel = Канал
alerts-tag = Метка
alerts-script = Опрос
alerts-severity = Важность
alerts-language = Язык клиента
alerts-button-screen = Что приходит сюда
alerts-button-cases = Новые
alerts-button-overdue = Просроченные
alerts-button-night = Ночью без звука
alerts-button-any = Снять все отметки
alerts-button-back = ‹ Назад
staff-chat-language = Обращения приходят сюда. Язык этого чата: { $language }. Отключить: /alerts off
staff-chat-no-alerts = Язык выбирают для чата с обращениями, а сюда они не приходят. Сначала отправьте /alerts
staff-toast-chat-language = Язык чата выбирают руководители и администраторы
staff-toast-chat-routes = Что приходит в чат, выбирают руководители и администраторы
staff-chat-no-routes = В этот чат ничего не приходит. Сначала отправьте /alerts
staff-refused-admins = Эта команда для администраторов.
staff-refused-leads = Эта команда для руководителей и администраторов. Роль выдаёт администратор бота.
staff-refused-anonymous = Не видно, кто вы: сообщение отправлено от имени группы. Отключите анонимность в правах администратора и отправьте команду ещё раз.
staff-group-help = Я присылаю обращения клиентов. Чтобы они приходили в этот чат или тему: /alerts. Отключить: /alerts off. Выбрать язык: /language. Команды выполняю только для тех, у кого есть роль.

command-alerts = присылать обращения в этот чат; /alerts off — отключить
