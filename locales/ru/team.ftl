# Roles, invitations and what staff did, as admins see them.

role-admin = администратор
role-lead = руководитель
role-agent = сотрудник

team-title = <b>Команда</b>
team-nobody = Ролей пока никому не выдали.
team-by-environment = задано в ADMIN_IDS
team-agent-id = ID { $id }
team-more = …и ещё { $count }: полный список покажет <code>afterword staff list</code>
team-open-invites = Приглашения, которыми ещё не воспользовались: { $count }.
team-button-invite = Пригласить
team-button-log = Журнал
team-button-back = ‹ Команда
team-button-remove = Убрать из команды
team-button-remove-now = Да, убрать
team-button-keep = Нет, оставить
team-button-withdraw = Отозвать ссылку
team-button-older = Раньше
team-button-agent = ID в вашей системе
team-button-other-agent = Изменить ID
team-button-no-agent = Убрать ID
team-button-cancel = Отмена
team-button-log-file = Журнал файлом
team-button-chats = Чаты, где отключены оценки: { $count }
team-button-member = Открыть

team-member = Роль: { $role }
team-member-since = В команде с { $since }
team-member-agent = ID в вашей системе: { $id }
team-ask-agent = { $name }: какой ID у этого человека в вашей системе? Напишите его так, как он приходит в поле <code>agent.id</code>.
team-agent-wrong = Так не подойдёт: нужно от 1 до 128 знаков в одну строку, без невидимых.
team-agent-taken = ID { $id } уже занят: { $name }. Сначала уберите его там.
team-what-they-do = Администратор настраивает опросы и роли, руководитель получает плохие оценки, сотрудник отвечает клиентам, и его оценивают.
team-configured = Эту роль даёт настройка ADMIN_IDS: изменить её можно только там.
team-sure = Убрать из команды: { $name }? Роль пропадёт сразу, журнал останется.
team-invite-role = Какую роль дать?
team-invite = Перешлите эту ссылку тому, кого приглашаете. Роль: { $role }.
team-invite-once = Сработает один раз, для первого, кто её откроет. Действует до { $until }.
team-closed = Этот экран для администраторов, а вы больше не администратор.
team-in-private = Отправьте эту команду боту в личные сообщения.

team-toast-role = Готово: { $role }
team-toast-removed = Роль снята
team-toast-no-agent = ID убран
team-toast-gone = У этого человека уже нет роли
team-toast-withdrawn = Ссылка больше не действует
team-toast-used = Ссылкой уже воспользовались
team-toast-last-admin = Это единственный администратор. Сначала назначьте другого.
team-toast-configured = Роль задана в ADMIN_IDS, изменить её можно только там
team-toast-not-admin = Вы больше не администратор
team-told-role = Теперь ваша роль в этом боте: { $role }.
team-told-invite-used = ✅ Вашим приглашением воспользовались: { $person }. Роль: { $role }.
team-told-removed = Ваша роль в этом боте снята.

log-title = <b>Журнал</b>
log-empty = Пока ничего не происходило.
log-shell = командная строка
log-role-given = { $actor }: { $person } теперь { $role }
log-role-changed = { $actor }: { $person } теперь { $role } (раньше: { $former })
log-role-taken = { $actor }: у { $person } снята роль «{ $former }»
log-invite-made = { $actor }: ссылка-приглашение, роль «{ $role }»
log-invite-used = { $person } по приглашению теперь { $role }
log-invite-withdrawn = { $actor }: отозвано приглашение, роль «{ $role }»
log-invite-ended = { $actor }: отозвано приглашение от { $person }, роль «{ $role }»
log-draft-begun = { $actor }: начат черновик «{ $script }»
log-draft-discarded = { $actor }: удалён черновик «{ $script }»
log-script-published = { $actor }: опубликован «{ $script }», версия { $version }
log-script-rolled-back = { $actor }: возвращён прежний «{ $script }», теперь это версия { $version }
log-script-paused = { $actor }: «{ $script }» на паузе
log-script-resumed = { $actor }: «{ $script }» снова спрашивает
log-agent-id-given = { $actor }: { $person } — ID в вашей системе { $detail }
log-agent-id-taken = { $actor }: { $person } — ID { $detail } убран
log-time-zone-set = { $actor }: часовой пояс по умолчанию — { $detail }
log-case-setting = { $actor }: обращения, { $detail }
log-alerts-subscribed = { $actor }: плохие оценки теперь приходят в чат { $detail }
log-alerts-unsubscribed = { $actor }: плохие оценки больше не приходят в чат { $detail }
log-alerts-withdrawn = { $actor }: плохие оценки больше не приходят в чат { $detail }: нет роли у того, кто его подключил ({ $person })
log-alerts-kept = { $actor }: плохие оценки снова приходят в чат { $detail }
log-forget-erased = { $actor }: по просьбе стереть данные стёрт клиент
log-forget-kept = { $actor }: просьба стереть данные, остальное оставлено

staff-invite-expired = Срок этой ссылки вышел. Попросите администратора прислать новую.
staff-claim-expired = Срок этой ссылки вышел. Новую напечатает на сервере команда <code>afterword staff claim</code>.

command-staff = роли, приглашения и журнал
command-cases = обращения клиентов
