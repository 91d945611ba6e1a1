# The story that `afterword demo --story` tells in the terminal.
demo-title = Afterword: одна покупка — от чека до отчёта
demo-intro = Telegram здесь ненастоящий и часы идут быстро; программа, база данных и все тексты — те же, что в работе.
demo-shop = Магазин сообщает о покупке
demo-shop-reply = Ответ: событие записано; ссылку печатают на чеке или показывают после заказа
demo-link = Анна открывает ссылку с чека
demo-wait = Проходит три часа
demo-survey = Анна получает опрос
demo-tap = Анна нажимает «{ $button }»
demo-reason = Низкая оценка: один шаг, чтобы узнать причину
demo-alert = Руководители узнают в ту же секунду
demo-comment = Анна пишет своими словами и отвечает дальше
demo-alert-full = Оповещение дополнилось само: причина, слова, остальные оценки
demo-case = Ольга берёт обращение и отвечает прямо в группе
demo-case-anna = Анна читает ответ в том же чате
demo-case-resolved = Ольга закрывает обращение: причина — доставка, заметка — её ответ. Проходит два часа
demo-recovery = Анну спрашивают ещё раз: помогло ли
demo-recovered = Обращение закрыто, клиент доволен решением
demo-ledger = Что стало с событием: GET /v1/events/order-1001
demo-export = Ответы в выгрузке: afterword export answers
demo-export-more = …и ещё { $columns ->
    [one] { $columns } столбец
    [few] { $columns } столбца
   *[many] { $columns } столбцов
}: время, сценарий, сотрудник, магазин, метки
demo-end = Вся история заняла { $seconds } с. Дальше — настоящая установка: раздел «First real set-up» в README.md.
demo-anna = Анна
demo-lead = Ольга
demo-leads = Плохие оценки
demo-comment-text = Курьер опоздал на два часа и бросил коробку у двери, чашка разбита
demo-reply-text = Простите, так быть не должно. Новую чашку привезём завтра до полудня, деньги за доставку вернём
demo-answer-text = Спасибо, буду ждать
demo-subject = Заказ №{ $number }
demo-bot = Бот
demo-edited = изменено
demo-brand = Лавка чая

# What `afterword demo` says in the terminal, and who plays on its page.
demo-page =
    Демонстрация Afterword: { $url }

    Откройте адрес в браузере; Ctrl+C завершает показ. Это имитация: Telegram, люди и часы ненастоящие, а программа, база
    данных и все тексты — те же, что в работе. Ничего не уходит с этого компьютера.
demo-no-browser = { $program } не открыл браузер. Откройте адрес сами: { $url }
demo-emma = Emma
demo-timur = Тимур
demo-colleague = Игорь
demo-admin = Пётр
demo-group = Качество
demo-ideas = Идеи
