# Alerts about bad scores, for the leads.

alert-test = 🧪 Тест
alert-title-low = 🔴 Плохая оценка: { $score }
alert-title-neutral = 🟡 Средняя оценка: { $score }
alert-title-better = 🟢 Оценку исправили: { $score }
alert-title-withdrawn = ⚪ Оценка больше не действует
alert-changed = Была { $before }, стала { $after }
# How hard it was for the customer: a number alone does not say which end is the bad one.
alert-title-low-effort = 🔴 Плохая оценка, { $score }
alert-title-neutral-effort = 🟡 Средняя оценка, { $score }
alert-title-better-effort = 🟢 Оценку исправили, { $score }
alert-changed-effort = Было { $before }, стало { $after }
alert-was-effort = (было { $before })
alert-other-effort = { $mark } { $score } — { $question }
alert-again-effort = 🔴 Снова { $score }
alert-effort-low = трудно: { $score }
alert-effort-neutral = ни легко, ни трудно: { $score }
alert-effort-high = легко: { $score }
alert-score = { $value } из { $max }
alert-score-labelled = { $value } из { $max } «{ $label }»
alert-reasons = Причины: { $reasons }
alert-comment = «{ $text }»
alert-reasons-before = Причины прежней оценки: { $reasons }
alert-comment-before = О прежней оценке: «{ $text }»
alert-attachments = { $count ->
        [one] 📎 { $count } вложение
        [few] 📎 { $count } вложения
       *[other] 📎 { $count } вложений
    }
alert-others = Другие ответы:
alert-other-low = 🔴 { $score }, плохо — { $question }
alert-other-neutral = 🟡 { $score }, средне — { $question }
alert-other-high = 🟢 { $score }, хорошо — { $question }
alert-other-plain = ▫️ { $answer } — { $question }
alert-was = (была { $before })

alert-customer = Клиент: { $customer }
alert-phone = Телефон: { $phone }
alert-when-purchase = Покупка: { $at }
alert-when-ticket = Обращение закрыто: { $at }
alert-when-case = Обращение решено: { $at }
alert-agent = Сотрудник: { $agent }
alert-team = Команда: { $team }
alert-automation = Автоответ: { $automation }
alert-place-store = Магазин: { $store }
alert-channel = Канал: { $channel }
alert-tags = Метки: { $tags }
alert-script = Опрос: { $title }
alert-first-response = первый ответ через { $time }
alert-resolution = решено за { $time }
alert-messages = { $count ->
        [one] { $count } сообщение
        [few] { $count } сообщения
       *[other] { $count } сообщений
    }
alert-reopened = { $count ->
        [one] открыто заново { $count } раз
        [few] открыто заново { $count } раза
       *[other] открыто заново { $count } раз
    }
alert-sla = срок SLA нарушен
alert-not-at-once = решено не с первого раза
alert-earlier = Раньше: { $scores }

alert-duration-days = { $days } д { $hours } ч
alert-duration-hours = { $hours } ч { $minutes } мин
alert-duration-minutes = { $minutes } мин { $seconds } с
alert-duration-seconds = { $seconds } с

alert-title-human = 🙋 Нужен человек
alert-title-score-erased = 🗂 Обращение по оценке, подробности стёрты
alert-title-message = ✉️ Клиент пишет
alert-title-stranger = 👤 Пишет незнакомый человек
alert-human-unknown = { $name } (Telegram). Заказов и обращений за ним не нашли.
alert-human-about = Последнее событие: { $subject }
alert-case-erased = Стёрто: данные клиента удалены.
alert-case-aged = Стёрто: срок хранения вышел.
alert-erased = Стёрто: данные клиента удалены. Оценка осталась в статистике, без имени и слов.
alert-aged = Стёрто: срок хранения вышел. Оценка осталась в статистике.
alert-again = 🔴 Оценка снова упала: { $score }
alert-fold-title = { $count ->
        [one] 🔴 Ещё { $count } плохая оценка за несколько минут
        [few] 🔴 Ещё { $count } плохие оценки за несколько минут
       *[other] 🔴 Ещё { $count } плохих оценок за несколько минут
    }
alert-fold-better = { $count ->
        [one] 🟢 { $count } плохую оценку из этого списка уже исправили
        [few] 🟢 { $count } плохие оценки из этого списка уже исправили
       *[other] 🟢 { $count } плохих оценок из этого списка уже исправили
    }
alert-fold-others = { $count ->
        [one] ✉️ Ещё { $count } обращение
        [few] ✉️ Ещё { $count } обращения
       *[other] ✉️ Ещё { $count } обращений
    }
alert-fold-strangers = 👤 Пишут незнакомые люди: { $count }
alert-fold-owner = ведёт { $name }
alert-fold-hint = Их слишком много, чтобы слать по одной. Последние сверху:
alert-fold-missed = { $count ->
        [one] 📥 Пока боту нельзя было писать в этот чат, пришло { $count } обращение
        [few] 📥 Пока боту нельзя было писать в этот чат, пришли { $count } обращения
       *[other] 📥 Пока боту нельзя было писать в этот чат, пришло { $count } обращений
    }
alert-fold-latest = Последние сверху:
alert-fold-rest = …и ещё { $count } — раньше

# Why an alert comes to an admin.
alert-no-chat = ℹ️ Пришло вам: чата для обращений пока нет. Отправьте /alerts в группе руководителей, и они будут приходить туда.
alert-no-chat-gone = ℹ️ Пришло вам: чат «{ $chat }» потерян. Верните туда бота или отправьте /alerts в другой группе.
alert-no-chat-silent = ℹ️ Пришло вам: в чате «{ $chat }» боту нельзя писать. Разрешите ему или отправьте /alerts в другой группе.
alert-no-chat-person = ℹ️ Пришло вам: до получателя ({ $chat }) сообщения бота не доходят. Отправьте /alerts в группе руководителей.
alert-no-chat-withdrawn = ℹ️ Пришло вам: у того, кто подключил чат «{ $chat }», уже нет нужной роли. Оставьте чат в /staff или отправьте /alerts в другой группе.
alert-no-route = ℹ️ Пришло вам: обращение №{ $n } не подошло под фильтры ни одного чата. Изменить фильтры: /alerts в нужном чате.

# The chats that get alerts.
alert-chat-topic = { $chat }, тема { $topic }
alert-chat-gone = ⚠️ Чат «{ $chat }» потерян: бота убрали или группы больше нет.
alert-chat-silent = ⚠️ В чате «{ $chat }» боту нельзя писать. Telegram отвечает: { $reason }.
alert-chat-to-admins = Пока это так, обращения приходят администраторам.
alert-chat-to-others = Пока это так, обращения приходят только в остальные чаты.
alert-chat-gone-do = Верните бота в чат или отправьте /alerts в другом чате.
alert-chat-gone-configured-do = Верните бота в чат или уберите чат из настройки ALERT_CHATS.
alert-chat-silent-do = Разрешите боту писать: проще всего сделать его администратором чата. Время от времени бот пробует и сам.
alert-chat-back = ✅ Чат «{ $chat }» снова на связи: обращения опять приходят туда.

chats-orphaned = ⚠️ В эти чаты больше не приходят обращения: у тех, кто их подключил, уже нет нужной роли.
chats-orphan = • { $chat } (кто подключил: { $person })
chats-orphan-topics = { $chat } и ещё тем: { $count }
chats-more = …и ещё { $count }: они появятся, когда вы решите об этих.
chats-keep-or-not = Чат нужен команде? Оставьте его: тогда за него отвечаете вы. Не нужен — уберите.
chats-none = Чатов, о которых нужно решить, больше нет.
chats-button-keep = Оставить: { $chat }
chats-button-forget = Убрать
chats-toast-kept = Чат «{ $chat }» снова получает обращения
chats-toast-forgotten = Чат «{ $chat }» больше не получает обращения
chats-toast-decided = Об этом чате уже решили

# What a customer sent and a chat refuses to show.
alert-unshown = ⚠️ { $what }: показать здесь не получилось.
alert-unshown-voice = Голосовое сообщение
alert-unshown-video-note = Видеосообщение
alert-unshown-photo = Фото
alert-unshown-video = Видео
alert-unshown-audio = Аудио
alert-unshown-document = Файл
alert-unshown-message = Сообщение клиента
alert-unshown-words = ⚠️ Не все сообщения клиента удаётся показать здесь.
alert-unshown-why-voice = В этом чате не принимают голосовые и видеосообщения, так настроен Telegram.
alert-unshown-why-rights = В этот чат боту нельзя присылать такие сообщения.
alert-unshown-why-protected = Telegram не разрешает его копировать.
alert-unshown-why-deleted = Клиент его уже удалил.
alert-unshown-why-other = Telegram отвечает: { $reason }.
alert-unshown-in-chat = Его видно в чате «{ $chat }».
alert-unshown-in-export = Файл есть в выгрузке ответов у администратора.
