# Числа, оценки и графики.

number-decimal = ,
number-group = { "\u202F" }
number-percent = { $number }{ "\u202F" }%
number-below = <{ "\u202F" }{ $number }
number-above = >{ "\u202F" }{ $number }
number-range = от { $low } до { $high }
number-just-over = чуть больше 0
number-just-under = чуть меньше 0
number-seconds = { $count } с
number-minutes = { $count } мин
number-hours = { $count } ч
number-days = { $count } д
number-month-short = { $month ->
    [1] янв
    [2] фев
    [3] мар
    [4] апр
    [5] май
    [6] июн
    [7] июл
    [8] авг
    [9] сен
    [10] окт
    [11] ноя
   *[12] дек
}

verdict-better = стало лучше: { $difference }
verdict-worse = стало хуже: { $difference }
verdict-higher = выше: { $difference }
verdict-lower = ниже: { $difference }
verdict-chance = в пределах случайного: { $difference }
verdict-chance-together = среди нескольких показателей может быть и случайно: { $difference }
verdict-too-few = мало оценок: { $n } из нужных { $needed }
verdict-too-few-other = мало оценок для сравнения: { $n } из нужных { $needed }
verdict-not-comparable = не сравнить: изменились границы оценок
verdict-target-met = цель { $target } достигнута
verdict-target-missed = до цели { $target } не дошли
verdict-target-open = цель { $target }: пока не ясно
verdict-target-none = цель не задана

chart-target = цель { $target }
chart-threshold = порог { $at }
chart-how-many-waited = сколько так ждали

matrix-important = важность
matrix-satisfied = довольны
matrix-keep = важно и хорошо: беречь
matrix-mend = важно, но плохо: чинить первым
matrix-minor = менее важно и плохо
matrix-fine = менее важно, хорошо

picture-among = среди ответивших { $value }
picture-wide = точность низкая
picture-coverage = охват { $coverage }: ответили { $answered } из { $eligible }
picture-nobody = охвата ещё нет: спрашивать было некого
picture-scores = { $count ->
    [one] { $n } оценка
    [few] { $n } оценки
   *[other] { $n } оценок
}
picture-open = предварительно, открыто { $open }
picture-preliminary = предварительно

# Названия показателей.
index-mean = среднее
index-percent-of-top = процент от максимума
index-percent-of-range = процент шкалы
index-top-box = доля высшей оценки
index-top2-box = доля двух высших оценок
index-low = доля плохих
index-neutral = доля нормальных
index-high = доля хороших
index-csat = доля довольных
index-net = довольные минус недовольные
index-nps = сторонники минус критики
index-promoters = доля сторонников
index-passives = доля нейтралов
index-detractors = доля критиков
index-nps-formula = по формуле NPS
index-share = доля выбравших

# Страницы с показателями: общее.
page-nav-scores = Оценки
page-nav-overview = Обзор
page-nav-questions = Вопросы
page-nav-agents = Сотрудники
page-nav-topics = Темы и причины
page-nav-importance = Важность
page-nav-coverage = Охват
figures-settled = окончательно
figures-preliminary = предварительно, открыто { $open }
figures-against = сравнение: { $period }
figures-coverage = охват { $coverage }
figures-coverage-none = охвата нет: спрашивать было некого
figures-coverage-row = охват, %
figures-among = по ответившим { $value } ({ $range })
figures-bounds = что бы ни думали промолчавшие
figures-wide = точность низкая: { $range }
figures-few = мало оценок
figures-not-comparable = не сравнить
figures-index = { $metric }: { $index }
figures-higher-easier = больше — легче
figures-turned = шкала перевёрнута: больше — легче
figures-hardest = Числа те, что выбирали клиенты: { $max } — труднее всего.
figures-nothing = За этот период ответов нет.
figures-nothing-chosen = С таким отбором за этот период ответов нет.
figures-ahead = Этот период ещё не начался.
figures-usual = Показать обычный период
figures-scale-smileys = три смайлика
figures-scale-yes-no = да или нет
figures-by-month = { $title }: по месяцам, с интервалом 95 %. Таблица ниже.
figures-by-week = { $title }: по неделям, с интервалом 95 %. Таблица ниже.
figures-trend = { $title }: по месяцам, с интервалом 95 %.
figures-value-count = «{ $value }»: { $count }
figures-version = версия { $version }
figures-automation = Автоответ «{ $name }»
figures-together = Хотя бы одну из трёх первых причин назвали { $share } ({ $range }).
figures-more-bad = плохих больше
figures-fewer-bad = плохих меньше
figures-like-rest = как у остальных
figures-silent = Что думают промолчавшие
figures-silent-text = Без оценки осталось { $silent }. Что бы там ни думали, { $index } — { $range }.
figures-late = Ответившие после напоминания — ближайшие к молчащим. Вот чем они отличаются от остальных:
figures-parts = По частям
figures-no-parts = С таким отбором делить нечего.
figures-parts-left = Показаны { $shown } с наибольшим числом оценок, не показано ещё { $left }.
figures-shown = Показаны { $from }–{ $to } из { $all }
figures-next = Показать следующие
figures-other-questions = Другие вопросы
figures-parts-hint = Вертикальная черта — всё вместе. Почему части различаются, таблица не говорит.
figures-index-choice = Показатель
figures-step = Шаг
figures-weeks = Недели
figures-months = Месяцы
figures-table = Таблица по периодам
figures-legend-interval = оценка и где она может быть на самом деле (95 %)
figures-reason = Причина
figures-topic = Тема, автоответ
figures-interval = Интервал 95 %
figures-share = Доля
figures-count = Число
figures-impact = Вклад, пункты
figures-n = Оценок
figures-value = Значение
figures-verdict = Вывод
figures-rest = У остальных
figures-events = Событий
figures-95 = 95 %
figures-details = Подробно

# Обзор.
overview-now = Сейчас
overview-cases = { $late ->
    [0] Обращения: открыто { $open }, просроченных нет
   *[other] Обращения: открыто { $open }, просрочено { $late }
}
overview-to-cases = К обращениям
overview-yesterday = Вчерашние события
overview-to-yesterday = Разобрать ответы о них
overview-first = Оценок пока нет
overview-first-text = Первые оценки появятся через несколько часов после первого события. Вопросы публикуются в Telegram: /scripts.
overview-reasons = Почему ставят плохо
overview-reasons-of = { $title } Причину назвали { $given } из { $low } поставивших плохо.
overview-all-reasons = Все причины
overview-topics = Что тянет вниз
overview-low = плохих { $share }, { $low } из { $n }
overview-all-topics = Темы и автоответы
overview-topics-none = Ничто не тянет вниз больше, чем случайно.
overview-impact = На сколько пунктов стало бы меньше плохих, будь там как у остальных.
overview-latest = Последние плохие ответы
overview-all-latest = Все
overview-agents = Выше среднего: { $better }. Ниже: { $worse }. Не отличаются больше, чем случайно: { $same }.
overview-agents-same = Уверенной разницы между людьми нет: { $same } не отличаются больше, чем случайно.
overview-silent = Кого мы не услышали
overview-unheard = Спросить можно было { $eligible }, спросили { $delivered }, ответили { $answered }: охват { $coverage }.
overview-nobody = За этот период спрашивать было некого.
overview-bounds = { $title } Что бы ни думали остальные: { $range }.
overview-others = Остальные вопросы
overview-others-about = Сначала стоят вопросы, где изменение не случайно: к худшему, потом к лучшему. Показаны { $shown } из { $all }.
overview-all-questions = Все вопросы

# Вопросы.
questions-none = Ни один сценарий не опубликован
questions-none-text = Сценарии с вопросами публикуются в Telegram: /scripts.
question-shares = Как распределились
question-values = Сколько каких оценок
question-others = Другие вопросы опроса

# Сотрудники.
agents-numbered = Сотрудник { $number }
agents-other = Другой сотрудник
agents-who = Кто отличается от остальных
agents-mean = среднее всех, { $mean }
agents-nobody = За этот период оценок сотрудникам нет.
agents-none-enough = Ни у кого нет нужного числа оценок ({ $least }), поэтому сравнить сотрудников ещё нельзя.
agents-few = Сотрудников, у которых хватает оценок, меньше восьми, поэтому каждый сравнивается со всеми остальными ответами.
agents-higher = Уверенно выше остальных: { $names }.
agents-lower = Уверенно ниже остальных: { $names }.
agents-better = Уверенно выше среднего: { $names }.
agents-worse = Уверенно ниже среднего: { $names }.
agents-and-more = { $names } и ещё { $count }
agents-rest = { $count ->
    [0] Остальных нет.
    [one] Ещё { $count } не отличается больше, чем случайно.
   *[other] Ещё { $count } не отличаются больше, чем случайно: их порядок ничего не значит.
}
agents-same = Сотрудники не отличаются друг от друга больше, чем случайно: порядок в таблице ничего не значит.
agents-label-better = выше среднего
agents-label-worse = ниже среднего
agents-label-same = как все
agents-label-higher = выше остальных
agents-label-lower = ниже остальных
agents-new = новичок, без места
agents-legend-shrunk = оценка с поправкой на число ответов и её 95 %
agents-legend-raw = сырое среднее
agents-raw = Сырое
agents-hint = Почему люди отличаются, таблица не говорит: кому достаются трудные темы, тем ставят ниже.
agents-unranked = Без места: новички и те, у кого мало оценок
agents-mix-title = Дело в новичках?
agents-mix = Изменение к периоду до этого: { $change }. Состав по стажу дал { $mix }, сама работа — { $rate }.
agent-review = Что посмотреть
agent-low = Плохие ответы
agent-neutral = Нормальные ответы
agent-topics = С чем обращались
agent-topics-hint = Кому достаются трудные темы, тем ставят ниже.

# Темы и причины.
topics-about = Плохие оценки: { $title }
topics-low = плохих
topics-given = причину назвали
topics-no-reasons = Причин за этот период никто не назвал.
topics-together = Вместе с теми, что выше
topics-reasons-hint = Можно было выбрать несколько, поэтому доли в сумме могут быть больше 100 %, а «вместе» считает людей, а не ответы.
topics-which = Какие темы и автоответы тянут вниз
topics-impact = Вклад — на сколько пунктов меньше стало бы плохих, будь в этой теме как у остальных.
topics-bad = Плохо
topics-none = На вопрос «{ $title }» ответили только о событиях без тем и автоответов.

# Охват.
coverage-title = Кого мы услышали
coverage-ledger = Что стало с каждым событием
coverage-outcome = Исход
coverage-of-eligible = От возможных
coverage-of = ответили { $answered } из { $all }
coverage-response = Из тех, кого спросили: { $share } ({ $of })
coverage-months = Охват по месяцам; синий — выбранный
coverage-sum = Сходится: { $unmeant } + { $unasked } + { $silent } + { $answered } = { $events }. Не отправленное — не ошибка: у каждого события одна причина.
coverage-bounds-hint = Границы, за которые показатель не выйдет, что бы они ни думали (штриховка), и интервал по ответившим.
coverage-bounds = { $index }: { $value }; границы { $range }
coverage-late-title = Поздние ответы
coverage-late = после напоминания { $late }, остальных { $others }
coverage-bounds-left = Показаны { $shown } с самыми широкими границами из { $all }; у каждого вопроса они на его странице.
coverage-late-left = Показаны { $shown } из { $all }, сначала те, где поздние отличаются.
coverage-eligible = Возможных
coverage-asked = Спросили
coverage-answered = Ответили
ledger-events = Событий
ledger-eligible = Можно было спросить
ledger-delivered = Спросили
ledger-answered = Ответили
ledger-otherwise = Иначе
ledger-no-answer-left = Вопросы пропущены или ответы убраны
ledger-received = Только пришло
ledger-waiting = Ждём, пока клиент откроет ссылку
ledger-scheduled = Ждёт отправки
ledger-recorded = Только для статистики
ledger-sending = Отправляется
ledger-sent = Ещё не ответили
ledger-started = Отвечают сейчас
ledger-completed = До конца
ledger-refused = Остановили, не ответив
ledger-throttled = Спрашивали недавно
ledger-sampled-out = Не попало в выборку
ledger-opted-out = Клиент отписался
ledger-stale = Устарело
ledger-no-script = Нет подходящего сценария
ledger-not-eligible = Не подходит по условиям
ledger-is-staff = Свой сотрудник
ledger-cancelled = Отменено
ledger-paused = Сценарий на паузе
ledger-conversation = Шёл разговор с руководителем
ledger-erased = Данные стёрты
ledger-partial-expired = Не до конца, срок вышел
ledger-partial-stopped = Не до конца, остановили
ledger-partial-blocked = Не до конца, заблокировали бота
ledger-untouched = Не тронули, срок вышел
ledger-blocked-unanswered = Заблокировали бота, не ответив
ledger-never-linked = Клиент не открыл ссылку на бота
ledger-blocked = Заблокировал бота раньше
ledger-deactivated = Удалил аккаунт
ledger-chat-not-found = Чат не найден
ledger-message-refused = Telegram не принял сообщение
ledger-unconfirmed = Доставка не подтверждена

# Важность.
importance-title = Что важно и как получается
importance-matrix = Важность и удовлетворённость
importance-none = Опрос не спрашивает, что важно. Нужны две части: вопросы о важности и об удовлетворённости теми же сторонами.
importance-few = Мало оценок: ответили { $customers }, а на каждый вопрос нужно хотя бы { $needed }.
importance-nothing = Того, что важно и при этом уверенно хуже остального, нет.
importance-mend = Чинить первым: { $names }. Это важно, а довольны этим меньше.
importance-legend = среднее и 95 % по обеим осям
importance-legend-means = средние всех сторон
importance-weighted = CSI с учётом важности
importance-simple = Без весов { $simple }.
importance-gap-title = Разрыв: довольны минус важно
importance-factor = Сторона
importance-important = Важно
importance-satisfied = Довольны
importance-gap = Разрыв
importance-quarter-mend = важно, но плохо
importance-quarter-keep = важно и хорошо
importance-quarter-fine = менее важно, хорошо
importance-quarter-minor = менее важно, плохо
importance-quarter-undecided = не ясно
drivers-title = Что сильнее всего связано с общей оценкой
drivers-title-of = Что сильнее всего связано с ответом на «{ $outcome }»
drivers-no-outcome = В опросе нет вопроса об общей оценке: NPS, CSAT или CSI с фактором overall.
drivers-no-factors = В опросе нет вопросов CSI об отдельных сторонах.
drivers-constant = Все ответили одинаково: сравнивать нечего.
drivers-few = Нужно 200 опросов с ответами на все вопросы, есть { $n }.
drivers-explained = Вместе эти стороны объясняют { $share } различий между людьми.
drivers-little = Эти стороны объясняют мало: { $share } различий между людьми.
drivers-note = Связь, а не причина. По опросам с ответами на все вопросы: { $n } (LMG: вклад в R², усреднённый по всем порядкам). Простая корреляция завышена у всех: кому нравится одно, тому нравится и остальное.
drivers-correlation = Простая корреляция

# Ожидание.
page-nav-waiting = Ожидание
waiting-title = Сколько клиенты готовы ждать
waiting-first-response = До первого ответа
waiting-resolution = До решения
waiting-bad-by-wait = Доля плохих по времени ожидания
waiting-known = оценок с известным временем { $n }
waiting-known-low = из них плохих { $n }
waiting-missing = без времени { $n }
waiting-no-question = Ждут ответа на тикет, а с таким отбором вопросов о тикетах нет.
waiting-threshold = порог, за которым оценки падают: { $range }
waiting-steady = чем дольше, тем хуже, порога не видно
waiting-none = связи с ожиданием не видно
waiting-reverse = дольше ждали — ставят не хуже
waiting-few = Нужно 300 оценок с временем ожидания, из них 30 плохих. Есть { $n } и { $low }.
waiting-chart = Доля плохих по времени ожидания: { $finding }. Таблица ниже.
waiting-legend-low = доля плохих и её 95 %
waiting-legend-threshold = где может быть порог
waiting-table = Таблица: доля плохих по времени ожидания
waiting-waited = Ждали
waiting-sides = До и после порога
waiting-before = до { $at }
waiting-after = { $at } и дольше
waiting-means = Что это значит и чего не значит
waiting-odds = Каждое удвоение ожидания меняет шансы плохой оценки в { $ratio } раза.
waiting-odds-after = После порога каждое удвоение ожидания меняет шансы плохой оценки в { $ratio } раза.
waiting-no-cause = Это связь, а не причина. Долгие тикеты бывают и трудными: часть плохих оценок — за трудность, а не за ожидание.

# Показатели поддержки.
page-nav-support = Показатели поддержки
support-title = Показатели поддержки
support-about = по событиям вашей системы, полный подсчёт
support-wider = Здесь считаются сами события, поэтому отбор по сценарию, версии, вопросу и виду события не действует, а оспоренные ответы ничего не меняют.
support-closed-only = Событий ticket_opened ещё не было, поэтому видны только закрытые тикеты: ни очереди, ни времени до закрытия с учётом открытых.
support-opened = Открыто тикетов
support-closed-title = Закрыто тикетов
support-closed = закрыто { $value }
support-reopened = открыто заново { $value }
support-backlog = очередь на конец периода { $value }
support-backlog-age = медиана возраста в очереди { $value }
support-contact-rate = на 100 покупок { $value }
support-contact-rate-wide = на 100 покупок { $range }, точность низкая
support-first-response = Первый ответ
support-handling = Решение
support-median = медиана
support-unknown = время не передано
support-no-tickets = за этот период тикетов нет
support-of-tickets = { $count ->
    [one] по { $shown } тикету
   *[other] по { $shown } тикетам
}
support-p90 = 9 из 10 быстрее { $value }
support-mean = среднее { $value }
support-with-open = с учётом открытых { $value }
support-with-open-p90 = с учётом открытых 9 из 10 быстрее { $value }
support-half-open = половина ещё открыта ({ $closed } из { $n } закрыто)
support-missing = без времени { $value }
support-messages = Сообщений в день
support-sum = всего { $value }
support-per-ticket = { $value } на тикет
support-overdue = Просрочено
support-fcr = Решено с первого раза
support-fcr-least = не меньше { $value } от всех закрытых
support-reopen-rate = Открыто заново за 7 дней
support-of = { $count } из { $n }
support-few-times = мало данных: { $n } из нужных { $needed }
support-cases = Обращения с плохой оценкой
support-cases-resolved = закрыто { $value }
support-time = до закрытия, медиана { $value }
support-in-time = Связались в срок
support-recovered = Довольны решением
support-causes = Что находят руководители
support-hint = Медиана — время, за которое справились с половиной тикетов. Среднее сильно завышают несколько очень долгих.
