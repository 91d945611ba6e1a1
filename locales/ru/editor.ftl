# Scripts as admins see and change them.

editor-on-purchase = после покупки
editor-on-ticket = после закрытого обращения
editor-on-case = после решения проблемы
editor-state-live = 🟢 работает, версия { $version }
editor-state-paused = ⏸ на паузе, версия { $version }
editor-state-draft = ✏️ черновик
editor-and-draft = , есть черновик
editor-week = За 7 дней: отправлено { $sent }, ответов { $answered }
editor-list-title = <b>Опросы</b>
editor-list-empty = Пока нет ни одного. Создайте первый или пришлите файл .toml.
editor-new = После чего спрашивать?
editor-ask-title = <b>Как назовём опрос?</b>
editor-asks = Спрашивает { $when }.
editor-would-ask = Когда спросит: { $when }.
editor-never-sample = ⚠️ Никого не спросит: доля событий — 0 %.
editor-never-taken = ⚠️ Никого не спросит: все подходящие события забирают другие опросы.
editor-published = Опубликован { $at }
editor-lacks = Не все тексты есть на этих языках: { $languages }. Чего нет, клиенты видят на другом языке.
editor-lacks-texts = { $count ->
    [one] { $language }: нет { $count } текста.
   *[other] { $language }: нет { $count } текстов.
}
editor-has-draft = Есть черновик: клиенты его пока не видят.
editor-versions = <b>Версии</b>
editor-version = { $version } — { $at }{ $mark }
editor-version-live = { " " }· сейчас работает
editor-versions-note = Возврат — это новая версия с прежним содержанием. История и ответы не теряются.
editor-versions-one = Это первая версия, возвращаться пока не к чему.
editor-ask-pause = Поставить опрос на паузу?
editor-pause-means = О новых событиях он спрашивать не будет.
editor-pause-scheduled = Ждут отправки: { $count }. Они подождут или устареют.
editor-pause-open = Открыты у клиентов: { $count }. На них можно ответить до конца.
editor-ask-discard = Удалить черновик?
editor-discard-live-stays = Опубликованная версия останется и продолжит работать.
editor-discard-all = Опрос ещё не публиковали, поэтому он исчезнет совсем.
editor-ask-roll-back = <b>Вернуть версию { $version }?</b>
editor-roll-back-means = Это будет новая версия. Неотправленные опросы уйдут с ней, открытые у клиентов ({ $open }) останутся со своей.

editor-button-scripts = ‹ Опросы
editor-button-new = + Новый опрос
editor-button-card = ‹ Опрос
editor-button-home = ‹ Черновик
editor-button-questions = ‹ Вопросы
editor-button-question = ‹ Вопрос
editor-button-send = Правила отправки
editor-button-when = Когда спрашивать
editor-button-conditions = Условия
editor-button-back = ‹ Назад
editor-button-draft = Открыть черновик
editor-button-slug = Короткое имя
editor-button-translate = Перевод: { $language } · { $count }
editor-button-other-language = То же: { $language }
editor-button-change = Изменить
editor-button-preview = Предпросмотр
editor-button-file = Файл TOML
editor-button-versions = Версии
editor-button-pause = Пауза
editor-button-resume = Снова спрашивать
editor-button-pause-now = Да, пауза
editor-button-no = Нет
editor-button-test = Пройти самому
editor-button-take = Пройти самому
editor-button-backtest = Примерить на прошлом
editor-button-roll-back = Вернуть версию { $version }
editor-button-roll-back-now = Да, вернуть
editor-button-problems = Замечания
editor-button-publish = Опубликовать…
editor-button-publish-now = Опубликовать
editor-button-discard = Удалить черновик
editor-button-discard-now = Да, удалить
editor-button-add-question = + Вопрос
editor-button-labels = Подписи
editor-button-low-reasons = + Причины плохой оценки
editor-button-up = ↑ Выше
editor-button-down = ↓ Ниже
editor-button-copy = Копировать
editor-button-remove = Удалить
editor-button-remove-now = Да, удалить
editor-button-clear = Убрать
editor-button-clear-comment = Не спрашивать словами
editor-button-cancel = Отмена
editor-button-write = Написать своё
editor-button-usual = Как обычно
editor-button-in-language = То же на
editor-button-again = Сначала
editor-button-end-preview = Закрыть

editor-verdict-fine = ✅ Можно публиковать.
editor-verdict-warnings = { $count ->
    [one] ✅ Можно публиковать. Есть { $count } совет.
    [few] ✅ Можно публиковать. Есть { $count } совета.
   *[other] ✅ Можно публиковать. Есть { $count } советов.
}
editor-verdict-errors = { $count ->
    [one] Чтобы опубликовать, исправьте { $count } замечание.
    [few] Чтобы опубликовать, исправьте { $count } замечания.
   *[other] Чтобы опубликовать, исправьте { $count } замечаний.
}
editor-verdict-lacking = Чтобы опубликовать, переведите: { $languages }.
editor-other = 👥 Черновик открыт и у других: { $name } ({ $minutes } мин назад).
editor-no-text = нет текста
editor-no-questions = Вопросов пока нет.
editor-add-question = <b>Новый вопрос: что он измеряет?</b>
editor-metrics = Довольны ли в целом — CSAT, чем-то одним — CSI. Посоветуют ли — NPS. Легко ли было — CES. Насколько это важно — важность. Варианты на выбор — выбор. Ответ словами — текст.
editor-metric-series = Если вопрос уже публиковали, с другим показателем, шкалой или фактором это новый вопрос: дайте ему новый ключ.
editor-question = Вопрос { $number } из { $total }
editor-bound-low = плохо: { $values }
editor-bound-neutral = средне: { $values }
editor-bound-high = хорошо: { $values }
editor-high-is-easy = Больше — легче
editor-high-is-hard = Больше — труднее
editor-one-option = Один ответ
editor-many-options = Несколько ответов
editor-asked-always = Задаётся всегда
editor-asked-if = Задаётся, если на вопрос { $question } ответили { $answers }
editor-answered-low = плохо
editor-answered-neutral = средне
editor-answered-high = хорошо
editor-or = или
editor-quoted = «{ $text }»
editor-scales = <b>Шкала</b>
editor-bands-low = <b>До какой оценки включительно — плохо?</b>
editor-bands-high = <b>С какой оценки — хорошо?</b>
editor-bands-note = Между ними — средняя. От этого зависит, кого спросить о причинах и когда оповещать руководителей.
editor-bands-default = Как принято
editor-labels = <b>Подписи</b>
    Слова на кнопках вместо чисел и слова о краях шкалы. Без них всё понятно и так.
editor-branch = <b>Когда задавать этот вопрос?</b>
editor-after = после
editor-ask-remove = Удалить вопрос { $number }?
    { $text }
editor-follow-up = Что спросить после такой оценки: причины кнопками и вопрос, на который отвечают словами.
editor-no-comment = Вопроса словами нет.
editor-links-note = Ссылки видят под благодарностью те, кто всем доволен.
editor-reasons-note = Можно выбрать несколько. Достаточно четырёх–пяти.
editor-none-yet = Пока пусто.
editor-new-option = + Варианты
editor-when = <b>О каких событиях спрашивать</b>
editor-any = любые
editor-none = —
editor-send = <b>Правила отправки</b>
editor-usual-value = { $value } (как обычно)
editor-no-days = нет
editor-days = { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[other] { $count } дней
}
editor-hours = { $count } ч
editor-minutes = { $count } мин
editor-seconds = { $count } с
editor-off = выкл.
editor-now = Сейчас:
editor-translation = Перевод
editor-problems = <b>Замечания</b>
editor-no-problems = Замечаний нет.
editor-and-more = …и ещё { $count }
editor-file-line = строка { $line }:
editor-file-refused = <b>{ $name }</b> не принят, ничего не изменилось:
editor-file-again = Исправьте и пришлите ещё раз.
editor-file-taken = Файл принят: это теперь черновик «{ $slug }».
editor-file-replaced = Прежний черновик заменён.

editor-publish = <b>Опубликовать версию { $version }?</b>
editor-publish-not-yet = <b>Версию { $version } пока нельзя опубликовать</b>
editor-publish-scheduled = Ждут отправки: { $count }. Они уйдут уже с новой версией.
editor-publish-open = Открыты у клиентов: { $count }. Они останутся со своей версией.
editor-publish-answers = Прежние ответы не изменятся.
editor-publish-paused = Опрос на паузе и спрашивать не начнёт, пока вы её не снимете.
editor-diff-first = Это первая версия.
editor-publish-begins = Опрос начнёт спрашивать { $when }.
editor-shares-counting = Смотрю, каким событиям подходят и другие опросы…
editor-shares-unknown = Посчитать общие с другими опросами события не получилось: причина в журнале сервера.
editor-shares-none = { $days ->
    [one] За последний день подходящих ему событий не было.
    [few] За последние { $days } дня подходящих ему событий не было.
   *[other] За последние { $days } дней подходящих ему событий не было.
}
editor-shares = { $days ->
    [one] Подходящих ему событий за последний день: { $count }.
    [few] Подходящих ему событий за последние { $days } дня: { $count }.
   *[other] Подходящих ему событий за последние { $days } дней: { $count }.
}
editor-taken = ⚠️ «{ $by }» забирает у «{ $from }» { $percent } % событий: { $taken } из { $fitting } { $days ->
    [one] за последний день
    [few] за последние { $days } дня
   *[other] за последние { $days } дней
}. { $why }
editor-taken-priority = Приоритет { $by } против { $from }.
editor-taken-name = Приоритет у обоих { $priority }, поэтому спрашивает тот, чьё короткое имя раньше по алфавиту.
editor-taken-gap = О них спросил он, потому что другой спрашивал этих людей недавно.
editor-diff-none = Отличий от работающей версии нет.
editor-diff-reordered = Порядок вопросов другой.
editor-series-begins = 🆕 <b>{ $key }</b>: новый вопрос, его ответы начнутся с нуля
editor-series-resumes = ↩️ <b>{ $key }</b>: снова спрашивается, прежние и новые ответы читаются вместе
editor-series-kept = ✏️ <b>{ $key }</b>: прежние и новые ответы читаются вместе
editor-series-ends = ➖ <b>{ $key }</b>: больше не спрашивается, прежние ответы останутся

editor-preview = 👁 Предпросмотр, { $language }. Ничего не сохраняется.
editor-preview-alert = 🔔 Здесь руководители получили бы оповещение.
preview-name = Анна
preview-agent = Ольга
preview-subject = Заказ №1001
preview-store = магазин на Тверской
preview-date = 21 ноября

editor-backtest = Примерка на последних 30 днях
editor-backtest-begun = Считаю, это займёт немного времени…
editor-backtest-nothing = За это время не было событий, о которых этот опрос мог бы спросить.
editor-backtest-events = Событий, о которых он мог бы спросить: { $count }.
editor-backtest-hours = По часам отправки:
editor-backtest-columns = С этим опросом / с теми, что работают / как было:
editor-backtest-note = Паузы не учтены.
outcome-asked = спросили бы
outcome-asked-by = спросил бы { $slug }
outcome-scheduled = ещё ждут
outcome-waiting-for-link = ждут ссылки
outcome-throttled = спросили о другом событии
outcome-sampled-out = вне выборки
outcome-opted-out = отказались
outcome-stale = устарели
outcome-no-script = нет опроса
outcome-not-eligible = не подходят
outcome-is-staff = сотрудники
outcome-cancelled = отменены
outcome-paused = на паузе
outcome-conversation = шёл разговор
outcome-erased = стёрты
outcome-never-linked = не открыли ссылку
outcome-blocked = заблокировали бота
outcome-deactivated = аккаунт удалён
outcome-chat-not-found = чата нет
outcome-message-refused = Telegram отказал
outcome-unconfirmed = неизвестно, дошло ли

editor-toast-stale = Кнопка устарела: показываю, как сейчас
editor-toast-changed = Черновик изменился ({ $name }): показываю, как сейчас
editor-toast-live-changed = Пока вы смотрели, вышла версия { $version }: показываю, как сейчас
editor-job-failed = Не получилось: ошибка на нашей стороне, она записана в журнале сервера. Остальное работает.
editor-job-gone = Примерять нечего: этого опроса больше нет.
editor-toast-gone = Этого уже нет: показываю, что есть
editor-toast-paused = На паузе
editor-toast-resumed = Снова спрашивает
editor-toast-already = Уже так, менять нечего
editor-toast-published = Опубликовано: версия { $version }
editor-toast-published-already = Уже опубликовано: версия { $version }
editor-toast-not-yet = Сначала исправьте то, что мешает
editor-toast-discarded = Черновик удалён
editor-toast-too-large = Файл стал бы слишком большим
editor-toast-test = Отправляю тестовый опрос
editor-toast-test-no = Тест не отправлен: { $why }
editor-toast-same = Это то же, что работает сейчас
editor-toast-file-soon = Отправляю файл
editor-heard = Записано.
editor-write-words = Напишите, пожалуйста, текстом.
editor-trouble-lines = { $wanted ->
    [one] Нужна { $wanted } строка, а пришло строк: { $got }.
    [few] Нужны { $wanted } строки, а пришло строк: { $got }.
   *[other] Нужно { $wanted } строк, а пришло: { $got }.
}
editor-trouble-number = Нужно целое число.
editor-slug-taken = Имя «{ $slug }» уже занято, выберите другое.
editor-meanwhile = Пока вы писали, черновик изменился ({ $name }). Посмотрите, что сейчас, и отправьте ещё раз.
editor-not-toml = Файл «{ $name }» прочитать не могу: опросы описываются в файлах .toml.
editor-file-too-large = Файл «{ $name }» слишком большой: опрос занимает страницу-другую, до { $most } КБ.
editor-file-lost = Файл не удалось получить от Telegram. Пришлите его ещё раз.

metric-csi = CSI
metric-csat = CSAT
metric-nps = NPS
metric-ces = CES
metric-importance = Важность
metric-choice = Выбор
metric-text = Текст
scale-name-smileys = смайлики
scale-name-yes-no = да–нет
alert-level-low = 🔔 При плохой
alert-level-neutral = 🔔 И при средней
alert-level-off = Без 🔔
weekday-mon = Пн
weekday-tue = Вт
weekday-wed = Ср
weekday-thu = Чт
weekday-fri = Пт
weekday-sat = Сб
weekday-sun = Вс

field-slug = Короткое имя
field-title = Название
field-on = О чём спрашивает
field-priority = Приоритет
field-greeting = Приветствие
field-thanks = Благодарность
field-delay = Через сколько
field-delay-min = Не раньше чем через
field-delay-max = Не позже чем через
field-max-age = Не отправлять позже чем через
field-quiet-hours = Тихие часы
field-days-off = Выходные
field-min-gap = Между любыми опросами
field-min-gap-same = Между такими же опросами
field-remind-after = Напомнить через
field-expires-after = Закрыть через
field-channels = Каналы
field-teams = Команды
field-stores = Магазины
field-tags-any = Есть любая из меток
field-tags-none = Нет ни одной из меток
field-min-messages = Сообщений не меньше
field-sample = Доля событий
field-questions = Вопросы
field-text = Текст
field-key = Ключ
field-factor = Фактор
field-labels = Подпись
field-ends = Края шкалы
field-end-low = Нижний край
field-end-high = Верхний край
field-comment = Вопрос словами
field-metric = Показатель
field-scale = Шкала
field-bands = Границы
field-alert = Оповещение
field-orientation = Направление шкалы
field-options = Варианты
field-multiple = Несколько ответов
field-show-if = Когда задавать
field-reasons = Причины
field-links = Ссылки
field-url = Адрес
field-low = После плохой
field-neutral = После средней
field-high = После хорошей
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
hint-line = { $count ->
    [1] Пришлите одну строку.
   *[other] Пришлите одну строку — или по строке на каждый язык: { $languages }.
}
hint-button-line = { $count ->
    [1] Пришлите одну строку, до 64 знаков.
   *[other] Пришлите одну строку, до 64 знаков, — или по строке на каждый язык: { $languages }.
}
hint-items = Пришлите одним сообщением: каждая строка — отдельная кнопка, до 64 знаков.
hint-translation = Пришлите переводы одним сообщением: по строке на каждую строку, в том же порядке.
hint-link = Пришлите две строки: надпись на кнопке и адрес.
hint-slug = Латинские буквы, цифры, дефис и подчёркивание, до 32 знаков. Так опрос называется в событиях и выгрузках; клиенты его не видят. После публикации не меняется.
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
lint-no-outcome = нет вопроса об общем впечатлении, и не узнать, какая сторона с ним связана сильнее. Добавьте вопрос: NPS, CSAT или CSI с фактором overall
lint-band-never = такой оценки на этой шкале не бывает
lint-nps-wording = NPS — это «посоветуете ли нас», а здесь об этом не спрашивают
lint-recommend-wording = спрашивает «посоветуете ли», а это NPS: с другим показателем число мало что скажет
lint-emoji = начинается с эмодзи, это подталкивает к ответу
lint-emoji-some = часть начинается с эмодзи, часть нет: это подталкивает к ответу
lint-series = { $what }: было { $before }, стало { $after }. Ответы с ключом «{ $key }» читаются вместе, поэтому так нельзя: дайте вопросу новый ключ или верните как было

command-hooks = подключить другую систему
command-scripts = опросы: посмотреть и изменить
