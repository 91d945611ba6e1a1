# /cases: the list of cases and the settings of how they are handled.

cases-title = Обращения: открыто { $open }, просрочено { $late }
cases-empty = Открытых обращений нет.
cases-nothing = По этому фильтру ничего нет.
cases-unknown = Обращения №{ $n } нет.
cases-unknown-id = По «{ $asked }» обращений нет. Ищу по одному номеру обращения или ID клиента, заказа, тикета.
cases-all = Все
cases-mine = Мои
cases-free = Свободные
cases-late = Просрочены
cases-closed = Закрытые
cases-muted = Не слушаем
cases-muted-title = Не слушаем этих людей. Кнопка отменяет это
cases-muted-nobody = Слушаем всех.
cases-muted-until = { $who } · до { $at }
cases-settings = ⚙ Настройки
cases-back = ‹ Обращения
cases-refused = Обращения ведут руководители.
cases-group = Открыто { $open }, просрочено { $late }. Список в личном чате со мной.

settings-title = Как мы работаем с обращениями
settings-ask = { $setting }: сейчас { $value }. Пришлите новое значение, например { $example }
settings-wrong = Так не подойдёт: { $problem }. Например, { $example }
settings-fixed = Задано в настройке { $variable }, изменить можно только там.
settings-long = { $budget } рабочего времени — это больше вашего рабочего дня: примерно { $days } дн. Сделать «1 рабочий день»?
settings-long-button = Сделать «1 рабочий день»
settings-default = Вернуть как было по умолчанию
settings-back = ‹ Настройки

setting-hours = Рабочие часы
setting-days-off = Выходные и праздники
setting-zone = Часовой пояс
setting-first-contact = Срок первого ответа
setting-resolution = Срок решения
setting-reopen = Сколько ждём слов после закрытия
setting-promise = Обещание клиенту
setting-names = Имена сотрудников клиенту
setting-urgent-segments = Срочные сегменты
setting-free-messages = Сообщения вне опросов
