//! Stories that run once more with updates that Telegram brings: those about the order, the loss and the repetition of
//! updates, and one of each kind of update. The webhook itself is in `webhook.rs`, polling in `polling.rs`.

use crate::run_again;

run_again! { WEBHOOK, stories:
    after_words {
        a_stop_in_the_pause_loses_nothing_and_doubles_nothing,
        a_tap_right_after_words_is_an_answer_and_the_next_step_comes_below,
    }
    alerts {
        the_alert_comes_with_the_first_bad_score_and_follows_the_survey,
        what_came_while_we_were_away_is_told_at_once_and_not_edited_in,
    }
    callback_mode {
        a_survey_is_answered_to_the_end_by_taps_that_come_without_their_message,
        both_checks_name_the_mode,
    }
    coming_back {
        a_question_whose_reply_was_lost_is_the_survey_once_it_is_tapped_and_counts_once,
        an_answer_to_the_old_copy_counts_while_the_new_one_is_on_its_way,
    }
    comments {
        a_photo_and_a_document_with_captions_are_comments,
    }
    lost_chats {
        a_channel_that_takes_the_bots_rights_away_and_gives_them_back_is_lost_and_back,
    }
    main_way {
        a_purchase_becomes_an_answer_and_a_bad_one_an_alert,
    }
    menus {
        a_group_that_gets_alerts_sees_the_command_and_later_not,
    }
    people {
        forged_buttons_and_other_peoples_surveys_store_nothing_and_end_the_spinner,
        the_newest_link_wins_and_an_old_one_does_not_take_the_customer_back,
        what_belongs_to_no_survey_gets_an_honest_answer_and_an_album_gets_one,
    }
    silences {
        a_short_stop_and_a_tap_that_was_kept_show_nothing_again,
        a_tap_that_was_lost_in_a_downtime_is_asked_for_again,
        after_a_downtime_into_the_night_surveys_are_shown_again_in_the_morning,
        an_untouched_survey_is_shown_again_and_still_reminded_of_once,
    }
    starting {
        a_start_that_knows_the_bot_waits_for_nobody,
        a_token_that_is_refused_later_stops_the_program,
        it_starts_and_ends_with_nothing_left_over,
    }
    stopping {
        a_survey_of_unknown_fate_is_not_repeated_after_a_stop,
        a_tap_that_comes_together_with_a_stop_before_it_counts_for_nothing,
    }
    strangers {
        a_button_under_a_message_that_was_deleted_or_is_too_old_counts_and_ends_its_spinner,
        forged_moves_store_nothing_and_the_spinner_ends,
    }
    upgrading {
        a_customer_of_before_is_erased_without_a_trace,
    }
    words {
        several_messages_in_a_row_are_one_comment_and_answered_once,
    }
}
