# Scripts as admins see and change them.

desk-on-purchase = после покупки
desk-on-ticket = после закрытого обращения
desk-on-case = после решения проблемы
desk-state-live = 🟢 работает, версия { $version }
desk-state-paused = ⏸ на паузе, версия { $version }
desk-state-draft = ✏️ черновик
desk-and-draft = , есть черновик
desk-week = за 7 дней отправлено { $sent }, ответили { $answered }
desk-list-title = <b>Опросы</b>
desk-list-empty = Пока нет ни одного. Создайте первый или пришлите файл .toml.
desk-new = О чём будет спрашивать новый опрос?
desk-ask-slug = <b>Короткое имя нового опроса</b>
desk-asks = Спрашивает { $when }.
desk-published = Опубликован { $at }
desk-lacks = Не все тексты есть на этих языках: { $languages }. Чего нет, клиенты видят на другом языке.
desk-has-draft = Есть черновик: клиенты его пока не видят.
desk-versions = <b>Версии</b>
desk-version = { $version } — { $at }{ $mark }
desk-version-live = { " " }· сейчас работает
desk-versions-note = Возврат — это новая версия с прежним содержанием: история и ответы не теряются.
desk-versions-one = Это первая версия, возвращаться пока не к чему.
desk-ask-pause = Поставить опрос на паузу?
desk-pause-means = О новых событиях он спрашивать не будет. Ждут отправки: { $scheduled } — они подождут или устареют. Открыты у клиентов: { $open } — на них можно ответить до конца.
desk-ask-discard = Удалить черновик?
desk-discard-live-stays = Опубликованная версия останется и продолжит работать.
desk-discard-all = Опрос ещё не публиковали, поэтому он исчезнет совсем.
desk-ask-roll-back = <b>Вернуть версию { $version }?</b>
desk-roll-back-means = Это будет новая версия. Неотправленные опросы пойдут с ней, открытые у клиентов ({ $open }) останутся со своей.

desk-button-scripts = ‹ Опросы
desk-button-new = + Новый опрос
desk-button-card = ‹ Опрос
desk-button-home = ‹ Черновик
desk-button-questions = ‹ Вопросы
desk-button-question = ‹ Вопрос
desk-button-send = Правила отправки
desk-button-when = Когда спрашивать
desk-button-back = ‹ Назад
desk-button-draft = Открыть черновик
desk-button-change = Изменить
desk-button-preview = Предпросмотр
desk-button-file = Файл TOML
desk-button-versions = Версии
desk-button-pause = Пауза
desk-button-resume = Снова спрашивать
desk-button-pause-now = Да, пауза
desk-button-no = Нет
desk-button-test = Пройти самому
desk-button-backtest = Примерить на прошлом
desk-button-roll-back = Вернуть версию { $version }
desk-button-roll-back-now = Да, вернуть
desk-button-problems = Замечания
desk-button-publish = Опубликовать…
desk-button-publish-now = Опубликовать
desk-button-discard = Удалить черновик
desk-button-discard-now = Да, удалить
desk-button-add-question = + Вопрос
desk-button-labels = Подписи
desk-button-up = ↑ Выше
desk-button-down = ↓ Ниже
desk-button-copy = Копировать
desk-button-remove = Удалить
desk-button-remove-now = Да, удалить
desk-button-clear = Убрать
desk-button-clear-comment = Не спрашивать словами
desk-button-cancel = Отмена
desk-button-write = Написать своё
desk-button-usual = Как обычно
desk-button-in-language = То же на
desk-button-again = Сначала
desk-button-end-preview = Закрыть

desk-verdict-fine = ✅ Можно публиковать.
desk-verdict-warnings = Можно публиковать. Советов: { $count }.
desk-verdict-errors = Мешает опубликовать: { $count }.
desk-other = 👥 Этот черновик открыт и у других: { $name } ({ $minutes } мин назад).
desk-no-text = нет текста
desk-no-questions = Вопросов пока нет.
desk-add-question = <b>Новый вопрос: что он измеряет?</b>
desk-metrics = CSI — довольны ли тем-то. CSAT — довольны ли в целом. NPS — посоветуют ли. CES — легко ли было. Важность — насколько это важно. Выбор — варианты. Текст — ответ словами.
desk-metric-series = Если вопрос уже публиковали, с другим показателем, шкалой или фактором это будет новый вопрос: ему нужен новый ключ.
desk-question = Вопрос { $number } из { $total }
desk-bands = Плохо — до { $low }, хорошо — от { $high }
desk-high-is-easy = много — легко
desk-high-is-hard = много — трудно
desk-one-option = один ответ
desk-many-options = несколько
desk-asked-always = Задаётся всегда
desk-asked-if = Задаётся, если в «{ $question }» ответили: { $answers }
desk-scales = <b>Шкала</b>
desk-bands-low = <b>До какой оценки включительно — плохо?</b>
desk-bands-high = <b>С какой оценки — хорошо?</b>
desk-bands-note = Между ними — средняя. От этого зависит, кого спросить о причинах и когда оповещать.
desk-bands-default = Как принято
desk-labels = <b>Подписи</b>
    Слова на кнопках вместо чисел и слова о краях шкалы. Без них всё понятно и так.
desk-branch = <b>Когда задавать этот вопрос?</b>
desk-after = после
desk-ask-remove = Удалить вопрос { $number }?
    { $text }
desk-follow-up = Что спросить после такой оценки: причины кнопками и вопрос, на который отвечают словами.
desk-no-comment = Вопроса словами нет.
desk-links-note = Ссылки видят под благодарностью те, кто всем доволен.
desk-reasons-note = Можно выбрать несколько. Достаточно четырёх–пяти.
desk-none-yet = Пока пусто.
desk-new-option = + Вариант
desk-new-reason = + Причина
desk-new-link = + Ссылка
desk-when = <b>О каких событиях спрашивать</b>
desk-any = любые
desk-none = таких нет
desk-send = <b>Правила отправки</b>
desk-usual = как обычно
desk-off = выкл.
desk-now = Сейчас:
desk-problems = <b>Замечания</b>
desk-no-problems = Замечаний нет.
desk-and-more = …и ещё { $count }
desk-file-line = строка { $line }:
desk-file-refused = <b>{ $name }</b> не принят, ничего не изменилось:
desk-file-again = Исправьте и пришлите ещё раз.
desk-file-taken = Файл принят: это теперь черновик «{ $slug }».
desk-file-replaced = Прежний черновик заменён.

desk-publish = <b>Опубликовать версию { $version }?</b>
desk-publish-not-yet = <b>Версию { $version } пока нельзя опубликовать</b>
desk-publish-means = Ждут отправки: { $scheduled } — пойдут уже с новой версией. Открыты у клиентов: { $open } — останутся со своей. Прежние ответы не изменятся.
desk-publish-paused = Опрос на паузе и спрашивать не начнёт, пока вы её не снимете.
desk-diff-first = Первая публикация: опрос начнёт спрашивать.
desk-diff-none = Отличий от работающей версии нет.
desk-diff-reordered = Порядок вопросов другой.
desk-series-begins = 🆕 <b>{ $key }</b>: новый вопрос, его ответы начнутся с нуля
desk-series-kept = ✏️ <b>{ $key }</b>: прежние и новые ответы читаются вместе
desk-series-ends = ➖ <b>{ $key }</b>: больше не спрашивается, прежние ответы останутся

desk-preview = 👁 Предпросмотр, { $language }. Ничего не сохраняется.
desk-preview-alert = 🔔 Здесь руководители получили бы оповещение.
preview-name = Анна
preview-agent = Ольга
preview-subject = Заказ №1001
preview-store = магазин на Тверской
preview-date = 21 ноября

desk-backtest = Примерка на последних 30 днях
desk-backtest-begun = Считаю, это займёт немного времени…
desk-backtest-nothing = За это время не было событий, о которых этот опрос мог бы спросить.
desk-backtest-events = Событий, о которых он мог бы спросить: { $count }
desk-backtest-draft = этот
desk-backtest-live = живой
desk-backtest-ledger = было
desk-backtest-hours = По часам отправки:
desk-backtest-columns = «Этот» — с этим опросом, «живой» — с теми, что работают, «было» — как вышло на деле. Паузы не учтены.
outcome-asked = спросили бы
outcome-asked-by = спросил бы { $slug }
outcome-scheduled = ещё ждут
outcome-waiting-for-link = ждут ссылки
outcome-throttled = недавно спрашивали
outcome-sampled-out = вне выборки
outcome-opted-out = отказались
outcome-stale = устарели
outcome-no-script = нет опроса
outcome-not-eligible = не подходят
outcome-is-staff = сотрудники
outcome-cancelled = отменены
outcome-paused = на паузе
outcome-erased = стёрты
outcome-undeliverable = не доставить

desk-toast-stale = Кнопка устарела: показываю, как сейчас
desk-toast-changed = Черновик изменился ({ $name }): показываю, как сейчас
desk-toast-live-changed = Пока вы смотрели, вышла версия { $version }: показываю, как сейчас
desk-job-failed = Не получилось: ошибка на нашей стороне, она записана в журнале сервера. Остальное работает.
desk-job-gone = Примерять нечего: этого опроса больше нет.
desk-toast-gone = Этого уже нет: показываю, что есть
desk-toast-paused = На паузе
desk-toast-resumed = Снова спрашивает
desk-toast-already = Так уже и есть
desk-toast-published = Опубликовано: версия { $version }
desk-toast-published-already = Уже опубликовано: версия { $version }
desk-toast-not-yet = Сначала исправьте то, что мешает
desk-toast-discarded = Черновик удалён
desk-toast-too-large = Файл стал бы слишком большим
desk-toast-test = Отправляю тестовый опрос
desk-toast-test-no = Тест отправить не получилось: { $state }
desk-toast-same = Это то же, что работает сейчас
desk-toast-file-soon = Отправляю файл
desk-heard = Записано.
desk-write-words = Напишите, пожалуйста, текстом.
desk-trouble-lines = нужно ровно столько строк, сколько просят
desk-trouble-number = нужно целое число
desk-slug-taken = Опрос «{ $slug }» уже есть. Откройте и измените его — или назовите новый иначе.
desk-button-open = Открыть «{ $slug }»
desk-meanwhile = Пока вы писали, черновик изменился ({ $name }). Посмотрите, что сейчас, и отправьте ещё раз.
desk-not-toml = Файл «{ $name }» прочитать не могу: опросы описываются в файлах .toml.
desk-file-too-large = Файл «{ $name }» слишком большой: опрос занимает страницу-другую, до { $most } КБ.
desk-file-lost = Файл не удалось получить от Telegram. Пришлите его ещё раз.

metric-csi = CSI
metric-csat = CSAT
metric-nps = NPS
metric-ces = CES
metric-importance = Важность
metric-choice = Выбор
metric-text = Текст
scale-name-smileys = смайлики
scale-name-yes-no = да–нет
alert-level-low = 🔔 плохая
alert-level-neutral = 🔔 и средняя
alert-level-off = без 🔔
weekday-mon = Пн
weekday-tue = Вт
weekday-wed = Ср
weekday-thu = Чт
weekday-fri = Пт
weekday-sat = Сб
weekday-sun = Вс

field-slug = имя
field-title = Название
field-on = о чём спрашивает
field-priority = Приоритет
field-greeting = Приветствие
field-thanks = Благодарность
field-delay = Через сколько
field-delay-min = Не раньше чем через
field-delay-max = Не позже чем через
field-max-age = Устаревает через
field-quiet-hours = Тихие часы
field-days-off = Выходные
field-min-gap = Между любыми опросами
field-min-gap-same = Между этими опросами
field-remind-after = Напомнить через
field-expires-after = Закрыть через
field-channels = Каналы
field-teams = Команды
field-stores = Магазины
field-tags-any = Есть метка
field-tags-none = Нет меток
field-min-messages = Сообщений не меньше
field-sample = Доля событий
field-questions = Вопросы
field-text = Текст
field-key = Ключ
field-factor = Фактор
field-labels = подпись
field-ends = края шкалы
field-end-low = Нижний край
field-end-high = Верхний край
field-comment = Вопрос словами
field-metric = Показатель
field-scale = Шкала
field-bands = Границы
field-alert = оповещение
field-orientation = направление шкалы
field-options = Варианты
field-multiple = несколько ответов
field-show-if = Когда задавать
field-reasons = Причины
field-links = Ссылки
field-url = Адрес
field-low = Плохая
field-neutral = Средняя
field-high = Хорошая
field-question-number = Вопрос { $number }
field-option-number = Вариант { $number }
field-reason-number = Причина { $number }
field-link-number = Ссылка { $number }

# Languages in these words; others are called as they call themselves.
language-named = { $code ->
    [ru] русский
    [en] английский
    [kk] казахский
    [uz] узбекский
    [ky] киргизский
    [tg] таджикский
    [be] белорусский
    [uk] украинский
    [tt] татарский
    [hy] армянский
    [az] азербайджанский
    [ka] грузинский
    [de] немецкий
    [tr] турецкий
    [zh] китайский
   *[other] { $own }
}

about-delay = Сколько обычно проходит от события до опроса.
about-delay-min = Раньше опрос не уйдёт, даже если потом наступят тихие часы.
about-delay-max = До этого срока ищется разрешённое время.
about-max-age = Если за это время отправить не вышло, опрос не уйдёт совсем.
about-quiet-hours = В эти часы по времени клиента ничего не отправляется.
about-days-off = В эти дни ничего не отправляется. Отдельные даты можно написать.
about-min-gap = Столько должно пройти с прошлого опроса этого человека, любого.
about-min-gap-same = Столько должно пройти с прошлого такого же опроса этого человека.
about-remind-after = Одно напоминание тем, кто ничего не нажал.
about-expires-after = После этого на опрос уже не ответить.

hint-long = Пришлите текст одним сообщением. Можно вставить {"{"}name{"}"}, {"{"}agent|наш специалист{"}"}, {"{"}subject|заказ{"}"}, {"{"}store|магазин{"}"}, {"{"}brand{"}"}, {"{"}date{"}"}: после черты — слова на случай, если неизвестно.
hint-lines = { $count ->
    [1] Пришлите одну строку.
   *[other] Пришлите по строке на каждый язык, в таком порядке: { $languages }.
}
hint-button-lines = { $count ->
    [1] Пришлите одну строку, до 64 знаков.
   *[other] Пришлите по строке на каждый язык, до 64 знаков каждая, в таком порядке: { $languages }.
}
hint-link = { $count ->
    [1] Пришлите две строки: надпись и адрес.
   *[other] Пришлите надпись по строке на каждый язык, в таком порядке: { $languages }. Последней строкой — адрес.
}
hint-slug = Латинские буквы, цифры, дефис и подчёркивание, до 32 знаков. Например: delivery. Клиенты его не видят.
hint-key = Латинские буквы, цифры, дефис и подчёркивание, до 32 знаков. По ключу ответы разных версий читаются вместе.
hint-item-key = Латинские буквы, цифры, дефис и подчёркивание, до 32 знаков. Под этим именем ответ стоит в выгрузках.
hint-factor = О какой стороне дела вопрос: quality, price, support… До 64 знаков, в одну строку.
hint-priority = Целое число. Если подходят несколько опросов, спросит тот, у кого оно больше.
hint-min-messages = Целое число. Сколько сообщений должно быть в обращении, чтобы о нём спросить.
hint-sample = Число от 0 до 100: о какой доле событий спрашивать.
hint-url = Адрес целиком, например https://example.com/reviews
hint-list = Через запятую, как в событиях. Например: spam, test
hint-quiet-hours = Например: 21:00-10:00, или off, если таких часов нет.
hint-days-off = Через запятую: mon, tue, wed, thu, fri, sat, sun или даты вида 2027-01-01.
hint-duration = Число и буква: 30m — минуты, 3h — часы, 2d — дни.
hint-duration-or-off = Число и буква: 30m — минуты, 3h — часы, 2d — дни. Или off, чтобы выключить.

lint-missing = не хватает
lint-no-questions = нет ни одного вопроса
lint-too-many = слишком много, помещается { $most }
lint-file-too-large = файл слишком большой для опроса
lint-file-not-utf8 = файл не в кодировке UTF-8, сохраните его в UTF-8
lint-not-toml = здесь запись не по правилам TOML
lint-not-toml-at-all = и ещё { $count } таких мест. Это точно файл TOML?
lint-more = и ещё { $count }. Сначала исправьте эти.
lint-type = здесь { $found }, впишите { $wanted }
lint-is-text = текст
lint-is-number = число
lint-is-boolean = true или false
lint-is-date = дата без кавычек
lint-is-list = список
lint-is-table = таблица
lint-want-text = текст в кавычках
lint-want-number = целое число без кавычек
lint-want-boolean = true или false без кавычек
lint-want-table = таблицу {"{"} … {"}"}
lint-want-list = список [ … ]
lint-elsewhere = здесь этому полю не место: впишите его { $where }
lint-place-top = в начало файла, выше первой [таблицы]
lint-place-when = в [when]
lint-place-send = в [send]
lint-place-follow-up = в [questions.low], [questions.neutral] или [questions.high]
lint-no-field-but = такого поля нет. Может быть, { $near }?
lint-no-field = такого поля нет. Есть: { $known }
lint-one-of = «{ $text }» не подходит. Есть: { $known }
lint-one-language = не сказано, на каком языке текст. Напишите { $example }
lint-no-such-language = «{ $text }» — не язык: пишите код ISO 639-1, например kk
lint-language-unused = нет текста на этом языке: { $language }, а у других есть. Пока так, на нём никого не спрашивают. Обязательные языки: { $known }
lint-no-scale = у такого вопроса шкалы нет: уберите её
lint-missing-scale = не указана. Есть: { $known }
lint-orientation = бывает только у CES: у остальных чем больше, тем лучше
lint-factor-unused = здесь ничего не значит: о стороне сервиса спрашивают только вопросы со шкалой
lint-label-off-scale = такой оценки нет на шкале
lint-label-number = подписи бывают у чисел шкалы, например "1"
lint-alert-unscored = тревогу поднимают только { $known } и { $last }: уберите или напишите off
lint-branch-one = нужно ровно одно из band, value и option
lint-choice-only = бывает только у вопроса с вариантами (metric = "choice")
lint-needs-score = бывает только у вопроса с оценкой
lint-toml-duplicate = это имя в таблице уже есть
lint-toml-unquoted = текст пишется в кавычках
lint-toml-string = в тексте в кавычках ошибка: кавычка не закрыта, или лишний знак \
lint-toml-unclosed = не закрыта скобка
lint-toml-no-value = после имени нужен знак = и значение
lint-toml-comma = лишняя запятая, или её не хватает
lint-number-range = возможно от { $least } до { $most }
lint-number-large = слишком большое число
lint-no-language = нет текста на этом языке: { $language }
lint-blank = пусто
lint-control = есть невидимый служебный знак
lint-placeholder-here = { "{" }{ $name }{ "}" } заменяется только в сообщениях, а здесь — нет
lint-placeholder = с { $place }-го знака подстановка написана неверно. Бывают {"{"}name{"}"}, {"{"}brand{"}"}, {"{"}date{"}"} и, со словами на случай неизвестности, {"{"}agent|…{"}"}, {"{"}subject|…{"}"}, {"{"}store|…{"}"}
lint-one-line = это на кнопке, поэтому в одну строку
lint-button-long = { $count } знаков, а на кнопку помещается { $most }
lint-empty-when-unknown = если событие ничего не скажет, не останется ни слова: добавьте свои
lint-message-long = { $language }: до { $count } знаков, а в сообщение Telegram помещается { $most }
lint-key = «{ $text }» не подходит: латинские буквы, цифры, дефис и подчёркивание, до 32 знаков
lint-key-taken = ключ «{ $key }» уже занят
lint-duration = «{ $text }» — не срок. Напишите число и букву, например 30m, 3h или 2d
lint-duration-or-off = «{ $text }» — не срок. Напишите число и букву, например 3h или 2d, или off
lint-quiet-hours = «{ $text }» — не часы. Напишите, например, 21:00-10:00 или off
lint-day = «{ $text }» — не день. Напишите mon … sun или дату вида 2027-01-01
lint-url = «{ $text }» — не адрес. Напишите, например, https://example.com/reviews
lint-factor = до 64 знаков в одну строку
lint-window = «{ $first }» ({ $first_value }) позже, чем «{ $second }» ({ $second_value })
lint-expires-zero = должно быть больше нуля
lint-reminder = напоминание должно прийти раньше, чем опрос закроется
lint-no-day = не осталось ни одного дня для отправки
lint-tags = такого не бывает: все эти метки исключены
lint-sample-none = при 0 % опрос не спросит никого
lint-branch-unknown = раньше этого вопроса нет вопроса «{ $key }»
lint-branch-never = этот вопрос не зададут никогда, потому что не зададут «{ $key }»
lint-branch-impossible = на «{ $key }» так ответить нельзя
lint-branch-empty = не выбран ни один ответ, поэтому вопрос не зададут никогда
lint-few-options = нужны хотя бы два варианта
lint-nps-scale = NPS спрашивают только от 0 до 10: на другой шкале его не с чем сравнить
lint-nps-bands = у NPS границы всегда 0–6, 7–8 и 9–10
lint-bands = границы не подходят к шкале
lint-no-comment = после плохой оценки негде сказать почему, а это самое ценное. Добавьте вопрос словами
lint-many-scores = оценок { $count }. Если их больше { $most }, в мессенджере бросают на полпути и ответов меньше
lint-band-never = такой оценки на этой шкале не бывает
lint-nps-wording = NPS — это «посоветуете ли нас», а здесь об этом не спрашивают
lint-recommend-wording = спрашивает «посоветуете ли», а это NPS: с другим показателем число мало что скажет
lint-emoji = начинается с эмодзи, это подталкивает к ответу
lint-emoji-some = часть начинается с эмодзи, часть нет: это подталкивает к ответу
lint-series = ключ «{ $key }» уже занят другим вопросом ({ $what }: было { $before }, стало { $after }). Ответы одного ключа читаются вместе, поэтому дайте новому вопросу новый ключ или верните как было

command-scripts = опросы: посмотреть и изменить
