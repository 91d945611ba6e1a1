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
settings-none = нет
settings-choose = { $setting }: выберите.
settings-ask = { $setting }: сейчас { $value }. Пришлите новое значение, например { $example }
settings-wrong = Так не подойдёт: { $problem }. Например, { $example }
settings-fixed = Задано в настройке { $variable }, изменить можно только там.
settings-long = Эти сроки в рабочем времени длиннее вашего рабочего дня:
settings-long-entry = { $setting }, { $entry }: { $budget } — это примерно { $days } дн.
settings-long-ask = Сделать каждый из них «1 рабочий день»?
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
setting-promise-on = называем срок ответа
setting-promise-off = не называем срок ответа
setting-names = Имена сотрудников клиенту
setting-names-show = показываем
setting-names-hide = не показываем
setting-urgent-segments = Срочные сегменты
setting-free-messages = Сообщения вне опросов
setting-free-messages-cases = открывают обращение
setting-free-messages-off = никому не передаём

budget-days = { $count ->
        [one] { $count } рабочий день
        [few] { $count } рабочих дня
       *[other] { $count } рабочих дней
    }
budget-hours = { $count } ч
budget-minutes = { $count } мин
time-days = { $count } дн.
time-seconds = { $count } с

# Почему значение не подойдёт. Дальше идёт точка.
problem-days-without-hours = у «{ $text }» нет часов, пишут так: mon-fri 09:00-18:00
problem-date-without-hours = у «{ $text }» нет часов, пишут так: +2027-01-09 10:00-16:00
problem-no-day = не назван ни один день
problem-day = «{ $text }» — не день недели, пишут mon, tue, wed, thu, fri, sat, sun или промежуток: mon-fri
problem-hours = «{ $text }» — не промежуток часов, пишут так: 09:00-18:00
problem-over-midnight = «{ $text }» кончается не позже, чем начинается; часы через полночь пишут двумя днями
problem-order = { $later } идёт не после { $earlier }
problem-date = «{ $text }» — не дата, пишут так: 2027-01-01
problem-backwards = «{ $text }» кончается раньше, чем начинается
problem-longer-than-year = «{ $text }» длиннее года
problem-twice = «{ $text }» названо дважды
problem-rest = без работы остаётся дней подряд: { $days }, а можно не больше { $most }
problem-zone = «{ $text }» — не часовой пояс
problem-no-budget = у «{ $text }» нет срока, пишут так: urgent 4h
problem-severity = «{ $text }» — не важность, пишут urgent (срочно), normal (обычно) или minor (может подождать)
problem-budget = «{ $text }» — не срок, пишут рабочее время (30m, 8h) или рабочие дни (1d)
problem-budget-size = «{ $text }» не годится, срок бывает от 1m до { $days }d
problem-duration = «{ $text }» — не срок, пишут целое число и m, h или d: 12h, 7d
problem-neither-nor = можно только { $yes } или { $no }
problem-no-segment = не назван ни один сегмент
problem-together = с другими настройками не сходится: { $problem }
