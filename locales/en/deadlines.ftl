# Deadlines of cases: what customers are promised, and what leads are told as time passes.

# By when a customer hears. The blank is a part of it, for it stands before a full stop and may be left out.
when-today = { " " }by { $time } today
when-tomorrow = { " " }by { $time } tomorrow
when-weekday = { " " }by { $time } on { $weekday ->
        [1] Monday
        [2] Tuesday
        [3] Wednesday
        [4] Thursday
        [5] Friday
        [6] Saturday
       *[7] Sunday
    }
when-date = { " " }by { $time } on { $date }

recovery-offer = Customers can now be asked after a resolved case whether the solution helped. There is a survey for that: “{ $title }”. It is a draft for now and asks nobody. You can look at it and change it in /scripts
recovery-button-publish = Publish
