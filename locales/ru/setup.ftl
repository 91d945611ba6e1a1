# A newcomer's set-up: five taps from nothing to a live survey.

setup-step = Шаг { $number } из { $total }
setup-language = На каком языке вам удобнее?
setup-zone = Если часовой пояс клиента неизвестен, считаем { $by }: сейчас { $time }. Верно?
setup-zone-given = Если часовой пояс клиента неизвестен, считаем { $by }: сейчас { $time }. Так задано настройкой DEFAULT_TZ на сервере, поменять можно только там.
setup-by-zone = { $city ->
        [kaliningrad] по Калининграду
        [moscow] по Москве
        [samara] по Самаре
        [yekaterinburg] по Екатеринбургу
        [omsk] по Омску
        [novosibirsk] по Новосибирску
        [irkutsk] по Иркутску
        [yakutsk] по Якутску
        [vladivostok] по Владивостоку
        [magadan] по Магадану
        [kamchatka] по Камчатке
       *[other] по времени { $zone }
    }
setup-zone-set = Часовой пояс: { $zone }, сейчас { $time }
setup-zone-unknown = «{ $text }» — такого часового пояса нет.
setup-ask-zone = Напишите латиницей свой город или часовой пояс, например Minsk или Asia/Almaty.
setup-zone-kaliningrad = Калининград
setup-zone-moscow = Москва
setup-zone-samara = Самара
setup-zone-yekaterinburg = Екатеринбург
setup-zone-omsk = Омск
setup-zone-novosibirsk = Новосибирск
setup-zone-irkutsk = Иркутск
setup-zone-yakutsk = Якутск
setup-zone-vladivostok = Владивосток
setup-zone-magadan = Магадан
setup-zone-kamchatka = Камчатка
setup-quiet = В какие часы клиентов не беспокоить?
setup-no-quiet = Можно в любое время
setup-alerts = Куда присылать обращения — плохие оценки и просьбы позвать человека? Добавьте бота в группу руководителей и отправьте в ней /alerts. Группы нет — пусть приходят сюда.
setup-chats = Чат для обращений есть.
setup-no-chats = Чата для обращений пока нет: они будут приходить администраторам в личные сообщения.
setup-script = О чём спрашивать клиентов?
setup-purchase = О покупках
setup-support = Об обращениях в поддержку
setup-both = И о том, и о другом
setup-done = { $count ->
        [one] Готово, опрос работает: { $scripts }.
       *[other] Готово, опросы работают: { $scripts }.
    }
setup-events = <b>Остались события.</b> О каждой покупке и закрытом обращении бот узнаёт из вашей системы, одним запросом:
setup-key-environment = Ключ — тот, что в настройке API_KEY на сервере.
setup-key-named = Вместо $KEY — ключ «{ $name }»: его показала команда <code>afterword key add</code>.
setup-key-none = Вместо $KEY — ключ. Его пока нет, создайте на сервере: <code>afterword key add shop --scope events</code>
setup-import = Есть выгрузка? Загрузите файлом: <code>afterword import events.csv</code>. Все поля: { $address }
setup-next = { $count ->
        [one] Пройдите опрос сами, чтобы увидеть его глазами клиента. Вопросы, тексты и правила: /scripts. Роли и приглашения: /staff. Хелпдеск, CRM или магазин подключаются без кода: /hooks.
       *[other] Пройдите опросы сами, чтобы увидеть их глазами клиента. Вопросы, тексты и правила: /scripts. Роли и приглашения: /staff. Хелпдеск, CRM или магазин подключаются без кода: /hooks.
    }
setup-button-right = Верно
setup-button-other-zone = Другой город
setup-button-back = ‹ Назад
setup-button-begin = Настроить по шагам
setup-button-on = Дальше
setup-button-sent = Дальше
setup-button-here = Присылать сюда
