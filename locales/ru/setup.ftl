# A newcomer's set-up: five taps from nothing to a live survey.

setup-step = Шаг { $number } из 5
setup-language = На каком языке вам удобнее? · Which language suits you?
setup-zone = Если о клиенте неизвестно, который у него час, считаем по зоне { $zone }: там сейчас { $time }. Верно?
setup-other-zone = Зону задаёт настройка DEFAULT_TZ на сервере (сейчас { $zone }). Впишите туда свою, например Asia/Yekaterinburg, и перезапустите бота. У клиентов, чей пояс приходит в событиях, он свой.
setup-quiet = В какие часы клиентов не беспокоить?
setup-no-quiet = таких часов нет
setup-alerts = Куда присылать плохие оценки? Добавьте бота в группу руководителей и отправьте в ней /alerts. Группы нет — пусть приходят сюда.
setup-chats = Плохие оценки будет кому увидеть.
setup-no-chats = Пока ни один чат не подписан, плохие оценки приходят администраторам лично.
setup-script = О чём спрашивать клиентов?
setup-purchase = О покупках
setup-support = Об обращениях в поддержку
setup-both = И о том, и о другом
setup-done = Готово, опрос работает: { $scripts }. Он спросит, когда придут события из вашей системы.
setup-next = Пройдите его сами, чтобы увидеть глазами клиента. Вопросы, тексты и правила: /scripts. Роли и приглашения: /staff.
setup-button-right = Верно
setup-button-other-zone = Нет, другая
setup-button-on = Дальше
setup-button-sent = Дальше
setup-button-here = Присылать сюда
