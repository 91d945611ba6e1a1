# Deadlines of cases: what customers are promised, and what leads are told as time passes.

# By when a customer hears. The blank is a part of it, for it stands before a full stop and may be left out.
when-today = { " " }сегодня до { $time }
when-tomorrow = { " " }завтра до { $time }
when-weekday = { " " }{ $weekday ->
        [1] в понедельник
        [2] во вторник
        [3] в среду
        [4] в четверг
        [5] в пятницу
        [6] в субботу
       *[7] в воскресенье
    } до { $time }
when-date = { " " }{ $date } до { $time }

recovery-offer = Теперь после закрытого обращения можно спросить клиента, доволен ли он решением. Для этого есть опрос «{ $title }». Пока это черновик, и он никого не спрашивает. Посмотреть и изменить его можно в /scripts
recovery-button-publish = Опубликовать

# To customers.
case-told-end = Обращение №{ $n }. Ответим здесь{ $when }.
case-told = Спасибо за оценку. Хотим разобраться, что пошло не так: обращение №{ $n }. Ответим здесь{ $when }.
case-late = Простите: обещали ответить до { $time } и не успели. Обращение №{ $n } передали старшему.
case-closed = Обращение №{ $n } закрыто. Если что-то осталось нерешённым, напишите сюда.
case-closed-silence = Не дождались вашего ответа и закрыли обращение №{ $n }. Если вопрос остался, напишите сюда.

# To leads.
warn-contact = ⏰ №{ $n }: ответить до { $at }, осталось { $left }.
warn-resolve = ⏰ №{ $n }: решить до { $at }, осталось { $left }.
warn-fold = ⏰ Скоро срок, обращений: { $count }
esc-contact = 🔥 №{ $n }: клиенту не ответили в срок, { $at }.
esc-resolve = 🔥 №{ $n }: не решено в срок, { $at }.
esc-fold = 🔥 Просрочено обращений: { $count }
who-has = Ведёт { $name }.
who-nobody = Обращение свободно.
cases-where = Список: /cases в личном чате со мной.
