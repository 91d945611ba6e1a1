# A newcomer's set-up: five taps from nothing to a live survey.

setup-step = Шаг { $number } из { $total }
setup-language = На каком языке вам удобнее?
setup-zone = Если о клиенте неизвестно, который у него час, считаем по зоне { $zone }: там сейчас { $time }. Верно? Если нет, выберите свою.
setup-zone-given = Если о клиенте неизвестно, который у него час, считаем по зоне { $zone }: там сейчас { $time }. Её задаёт настройка DEFAULT_TZ на сервере, поменять её можно только там.
setup-zone-set = Зона { $zone }: там сейчас { $time }
setup-zone-unknown = «{ $text }» — такой зоны нет.
setup-ask-zone = Напишите свою зону, как её называют в базе IANA, например Europe/Minsk или Asia/Almaty.
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
setup-no-quiet = таких часов нет
setup-alerts = Куда присылать плохие оценки? Добавьте бота в группу руководителей и отправьте в ней /alerts. Группы нет — пусть приходят сюда.
setup-chats = Плохие оценки будет кому увидеть.
setup-no-chats = Пока ни один чат не подписан, плохие оценки приходят администраторам лично.
setup-script = О чём спрашивать клиентов?
setup-purchase = О покупках
setup-support = Об обращениях в поддержку
setup-both = И о том, и о другом
setup-done = Готово, уже работает: { $scripts }. Вопросы пойдут, когда придут события из вашей системы.
setup-next = { $count ->
    [one] Пройдите его сами, чтобы увидеть глазами клиента.
   *[other] Пройдите их сами, чтобы увидеть глазами клиента.
} Вопросы, тексты и правила: /scripts. Роли и приглашения: /staff.
setup-button-right = Верно
setup-button-other-zone = Другая
setup-button-back = ‹ Назад
setup-button-begin = Настроить по шагам
setup-button-on = Дальше
setup-button-sent = Дальше
setup-button-here = Присылать сюда
