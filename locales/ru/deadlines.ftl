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
