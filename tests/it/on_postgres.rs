//! Tests that run once more with PostgreSQL. Together they send it every statement that SQLite is sent, which `.cargo/run`
//! checks after a whole run. What is about PostgreSQL itself stands in `together`, `lease`, `trouble` and others.

use crate::run_again;

run_again! { POSTGRES, api:
    identifiers {
        a_customer_whose_id_an_earlier_version_took_is_found_linked_and_erased,
    }
    keys {
        a_running_server_notices_within_a_second_that_a_key_was_revoked,
        a_wrong_scope_is_told_from_a_wrong_key,
    }
    openapi {
        every_answer_is_as_it_is_described,
    }
}

run_again! { POSTGRES, due:
    a_due_survey_that_cannot_be_read_keeps_nobody_waiting,
    a_paused_script_keeps_nobody_waiting_and_goes_on_where_it_was,
    after_a_silence_all_that_was_open_is_marked_but_never_all_of_it_together,
    an_open_survey_that_cannot_be_read_any_more_ends_in_time_and_keeps_nobody_waiting,
    of_very_many_due_surveys_of_one_person_the_newest_is_asked_and_the_others_give_way,
    tests_of_one_person_hold_up_nobody_and_have_a_bound,
    what_comes_due_while_a_survey_is_open_waits_unseen_and_is_judged_when_that_is_over,
    what_is_paused_for_too_long_goes_stale,
    what_waited_for_an_open_survey_goes_at_once_when_its_customer_has_another_chat,
    what_waits_behind_an_open_survey_for_too_long_goes_stale,
    what_waits_for_a_parked_chat_leaves_its_room_to_others,
}

run_again! { POSTGRES, polling:
    an_outage_of_telegram_for_us_alone_counts_as_a_silence_too,
    polling_goes_on_after_errors_and_conflicts,
}

run_again! { POSTGRES, queues:
    a_migrated_group_is_known_by_its_new_id_only,
    a_row_is_loaded_as_it_was_queued_and_its_edit_knows_the_message,
    an_update_is_fresh_once_and_the_offset_is_worth_what_is_known_of_it,
}

run_again! { POSTGRES, sender:
    edits {
        an_alert_whose_message_is_gone_is_shown_anew,
    }
    surveys {
        the_survey_a_customer_deleted_is_shown_anew_by_its_next_edit,
    }
}

run_again! { POSTGRES, stories:
    after_words {
        short_messages_in_a_row_move_the_question_once_and_leave_no_copy,
        words_and_a_tap_that_wait_for_us_together_both_count,
    }
    alerts {
        a_changed_score_is_shown_and_only_a_renewed_fall_rings_again,
        a_corrected_score_keeps_what_was_said_about_it,
    }
    case_budget {
        a_reminder_that_still_waits_when_the_customer_has_an_answer_is_not_sent,
        a_reminder_that_waits_longer_than_its_deadline_is_left_out,
        texts_that_wait_are_not_joined_past_a_photo_between_them,
    }
    case_chats {
        a_chat_that_is_lost_in_a_talk_is_told_once_and_catches_up_in_one_list,
        a_group_that_becomes_a_supergroup_takes_its_cases_along,
        where_general_is_closed_or_the_group_deleted_the_admins_have_the_talk,
        words_after_the_end_wait_for_their_chat_or_come_to_the_admins_with_the_reopened_case,
    }
    case_clock {
        a_survey_that_is_due_in_a_talk_waits_and_gives_way_to_the_question_about_the_solution,
        after_two_days_down_each_deadline_escalates_once_and_a_clock_put_back_repeats_nothing,
        at_three_in_the_morning_an_escalation_comes_to_other_chats_and_the_night_switch_is_honoured,
        hours_of_work_count_over_a_weekend_a_holiday_and_the_change_of_the_clocks,
    }
    case_crowd {
        a_customers_hundred_messages_all_arrive_and_of_a_strangers_hundred_twenty_are_kept,
        of_forty_low_scores_in_a_minute_any_can_be_taken_from_the_list_within_the_budget,
        of_ten_low_scores_in_twenty_seconds_each_is_seen_within_seconds,
    }
    case_life {
        a_customer_reopens_a_case_that_is_not_solved_with_one_tap,
        a_low_score_becomes_a_talk_with_files_both_ways_and_a_solution_that_helped,
        a_score_that_rises_and_falls_stays_one_case_whether_somebody_has_it_or_not,
        words_after_the_end_are_done_with_by_a_tap_and_reopen_the_case_if_nobody_looks,
    }
    case_list {
        admins_change_the_settings_and_what_is_wrong_is_explained,
        leads_see_the_list_page_it_and_take_a_case_from_its_card,
        others_are_refused_and_a_group_gets_two_counts,
    }
    case_retention {
        a_case_that_waits_for_a_chat_is_posted_without_the_details_that_are_gone,
        an_unresolved_case_outlives_the_details_of_its_event_and_leads_go_on_with_it,
    }
    case_faults {
        a_customer_is_told_once_of_words_of_which_nobody_knows_whether_they_arrived,
        what_is_written_after_an_album_arrives_after_it,
        who_answers_before_it_is_known_that_the_reply_arrived_answers_the_lead,
        words_that_nobody_takes_wait_in_the_open_and_come_in_their_order,
    }
    case_rivals {
        of_two_leads_who_reply_at_once_the_first_is_sent_and_the_second_is_asked,
        of_two_leads_who_take_a_case_at_once_one_has_it_and_a_second_tap_takes_it_over,
        the_question_for_a_note_is_answered_in_text_by_whom_it_asks,
        who_loses_the_role_leaves_three_cases_free_and_replies_to_nobody,
        words_to_a_resolved_case_wait_for_their_authors_choice,
    }
    case_routes {
        of_four_chats_each_gets_what_fits_and_the_admins_what_fits_none,
    }
    case_seeds {
        whatever_people_do_the_rules_hold_and_every_word_goes_where_it_belongs,
    }
    case_settings {
        customers_see_who_writes_where_the_installation_wants_it,
    }
    case_times {
        leads_read_in_private_what_was_done_and_said_and_it_goes_with_its_customer,
        the_card_of_an_overdue_case_keeps_its_heading_until_the_case_is_resolved,
        the_category_is_the_first_reason_and_a_lead_may_choose_another_and_the_deadline_follows,
        a_resolved_case_is_told_and_asked_about_and_its_answer_joins_it,
        a_solution_that_did_not_help_reopens_the_case_as_urgent_and_is_asked_about_twice_at_most,
        leads_are_warned_once_and_a_case_that_is_overdue_escalates_once,
        whoever_falls_silent_on_the_way_is_told_in_a_message_of_its_own,
    }
    case_unreachable {
        each_way_in_which_a_reply_fails_is_told_in_its_own_words,
        forget_names_the_open_case_and_drops_the_reply_that_waits,
        of_a_reply_that_is_refused_no_header_is_left_at_the_customer,
        stop_ends_the_surveys_and_not_the_talk_and_says_so,
        whoever_blocks_the_bot_while_a_reply_waits_is_to_be_contacted_another_way,
    }
    case_whose_words {
        replies_to_a_list_and_plain_words_in_a_topic_reach_no_customer,
        texts_captions_and_joined_messages_follow_their_authors_edits,
        what_is_said_among_colleagues_stays_among_them,
        words_beside_an_open_survey_go_to_whatever_was_touched_last,
        words_right_after_the_end_of_a_case_are_about_it_and_no_comment_that_nobody_hears,
    }
    cases {
        a_bad_score_is_taken_and_resolved_with_a_cause_and_a_note,
        a_further_bad_score_about_the_same_order_joins_its_case,
        a_lead_who_loses_the_role_leaves_the_case_free_and_the_chat_is_told,
        a_score_that_is_corrected_in_time_closes_its_case_and_a_renewed_fall_reopens_it,
        of_two_leads_one_has_the_case_and_the_other_may_take_it_over,
        several_chats_show_the_state_and_where_the_owner_works,
        the_case_of_an_erased_customer_is_resolved_and_names_nobody,
    }
    coming_back {
        whoever_comes_back_three_times_before_anything_leaves_gets_the_question_once_and_last,
    }
    continuing {
        a_stop_is_taken_back_before_any_answer_and_after_one,
        after_a_quarter_of_an_hour_the_button_goes_by_itself,
        whoever_wants_no_surveys_any_more_cannot_continue_one,
    }
    customer_page {
        the_page_says_whether_the_bot_reaches_a_customer,
    }
    editing {
        an_admin_edits_and_publishes_in_english,
    }
    editor_shares {
        what_a_script_leaves_to_another_because_of_its_gap_is_not_called_taken,
    }
    endings {
        a_chat_that_is_not_there_any_more_is_an_outcome,
    }
    erasing_figures {
        figures_by_what_many_share_go_on_counting_an_erased_customer,
    }
    erasing_many {
        the_customer_who_asks_for_it_reads_first_that_it_goes_on_and_then_that_it_is_done,
    }
    erasing_open {
        what_arrived_while_the_clock_was_ahead_is_kept_by_that_clock_and_nothing_else_is,
        whoever_wanted_no_surveys_still_wants_none_when_they_are_known_again,
    }
    faults {
        a_chat_in_which_nothing_is_answered_holds_up_nobody_else,
        an_alert_that_nothing_shows_to_have_arrived_is_told_to_the_admins,
        a_tap_proves_that_an_invitation_arrived_which_nobody_knew_of,
    }
    floods {
        an_edited_text_is_changed_where_it_is_shown_also_among_others,
        words_of_somebody_who_is_listed_with_others_come_under_their_name,
    }
    forgetting {
        a_clock_that_was_ahead_gives_no_more_time_than_one_that_is_right,
        a_customer_known_by_an_event_is_not_erased_by_the_finder_of_a_link,
        a_request_with_very_many_events_runs_out_in_bounded_steps_and_goes_on_after_a_kill,
        nobody_without_the_role_decides,
        what_a_finder_was_asked_and_did_not_answer_stays_the_customers,
    }
    hook_health {
        check_names_two_hooks_that_make_purchases_of_the_same_orders,
        the_leads_hear_once_of_a_hook_that_fell_silent_and_again_after_it_was_well,
        the_leads_hear_once_when_more_than_a_fifth_of_the_newest_deliveries_fail,
    }
    hook_ids {
        what_failed_and_names_a_customer_is_erased_with_them,
    }
    hook_presets {
        a_customer_whom_a_changed_preset_calls_otherwise_is_still_erased_by_the_former_id,
        a_changed_preset_shows_what_it_changes_for_the_newest_deliveries,
        a_delivery_that_was_only_watched_is_no_repeat_of_itself,
        an_admin_sees_each_element_of_a_delivery_and_reasons_in_their_language,
        each_element_of_a_delivery_becomes_something_of_its_own,
    }
    hooks {
        a_delivery_is_shown_with_every_field_and_a_changed_mapping_with_its_differences,
        a_forged_address_of_yookassa_is_refused_unless_a_trusted_proxy_says_it,
        a_hook_watches_first_and_then_its_deliveries_ask_customers,
        a_signature_is_checked_over_the_bytes_once_there_is_a_secret,
        a_ticket_that_is_closed_again_and_again_is_one_until_it_is_reopened,
        an_admin_connects_a_system_in_telegram_and_nothing_shown_there_outlives_its_customer,
        an_erased_customer_is_in_no_delivery_and_what_is_old_goes_by_itself,
        ten_deliveries_without_a_customers_id_are_ten_failures_and_no_customer,
        what_waits_to_be_mapped_is_bounded_for_each_hook,
    }
    free_messages {
        a_message_out_of_the_blue_opens_a_case_that_needs_no_reply_or_gets_one,
        more_than_sixty_strangers_in_an_hour_are_told_to_the_admins_once,
        of_a_stranger_twenty_messages_are_kept_and_shown_to_whoever_takes_the_case,
        whoever_is_muted_is_told_once_a_day_and_heard_again_when_a_lead_undoes_it,
    }
    humans {
        a_request_waits_for_somebody_to_tell,
        what_was_said_in_a_request_is_kept_no_longer_than_anything,
        whoever_asks_again_after_the_deadline_makes_the_case_urgent,
        words_with_the_command_go_along_and_edits_follow,
    }
    leads {
        the_language_of_a_group_is_chosen_by_a_button_and_not_by_who_wrote_last,
    }
    long_comments {
        a_message_cannot_outgrow_the_room_by_an_edit_and_can_be_shortened,
        of_very_many_edits_the_first_text_and_the_last_ones_are_kept,
    }
    lost_answers {
        a_list_that_nobody_knows_posts_the_case_whose_number_is_tapped,
        a_post_that_nobody_knows_is_known_once_it_is_tapped,
        a_reply_to_the_header_of_an_album_or_to_a_post_that_nobody_knows_reaches_the_customer,
        a_reply_to_words_that_may_be_of_two_customers_reaches_nobody,
        answers_to_questions_that_nobody_knows_are_taken_as_what_was_asked_for,
        questions_with_buttons_that_nobody_knows_go_once_they_are_answered,
        replies_to_words_that_nobody_knows_reach_their_customer,
        the_card_of_an_overdue_case_that_nobody_knows_is_known_once_it_is_tapped,
    }
    lost_chats {
        an_alert_that_nobody_takes_waits_in_the_open_and_goes_out_by_itself,
        where_the_admin_refuses_too_the_alert_waits_for_a_sign_of_life,
    }
    main_way {
        a_purchase_becomes_an_answer_and_a_bad_one_an_alert,
    }
    menus {
        a_group_that_gets_alerts_sees_the_command_and_later_not,
    }
    moving {
        a_survey_that_is_about_to_be_sent_goes_to_the_new_chat_at_once,
        a_tap_in_the_former_chat_counts_for_nothing_though_it_comes_together_with_the_move,
    }
    page_files {
        every_page_with_figures_can_be_taken_as_tables_and_pictures,
        lists_can_be_taken_as_tables_by_leads_only,
    }
    pages {
        a_customers_page_tells_what_happened_to_them_in_order,
        a_search_reads_the_words_of_any_number_of_surveys,
        a_survey_and_a_case_are_told_whole_and_the_lists_lead_there,
        agents_see_their_own_and_of_the_rest_not_even_that_it_is_there,
        colours_and_language_are_of_the_session,
        every_count_of_answers_is_the_figures_n,
    }
    pages_way_in {
        a_link_ends_after_ten_minutes_and_with_the_next_one,
        every_page_is_guarded_and_after_signing_out_nothing_is_left,
        sessions_run_out_and_end_from_the_chat_and_from_the_shell,
        the_role_is_judged_at_every_request_and_a_session_ends_with_it,
    }
    people {
        what_belongs_to_no_survey_gets_an_honest_answer_and_an_album_gets_one,
    }
    phones {
        nothing_is_kept_before_it_was_said_what_for,
        ones_own_number_links_the_customer_with_consent_and_the_button_goes,
    }
    reaching_by_mail {
        a_mail_keeps_quiet_hours_and_the_gap_and_goes_once_an_event,
        a_mail_server_that_cannot_now_is_tried_again_and_one_that_refuses_is_not,
        whoever_unsubscribes_gets_no_more_even_after_they_were_erased,
        whoever_was_erased_can_still_unsubscribe,
    }
    reaching_in_tickets {
        a_delivery_shaped_like_zendesks_becomes_a_link_in_the_ticket_and_then_a_note,
        check_names_the_hook_whose_customers_nobody_reaches,
        the_link_comes_as_a_public_reply_and_the_answers_as_a_private_note,
    }
    reaching_whose {
        a_link_that_one_way_refuses_goes_by_the_next,
        a_link_that_waits_for_a_way_goes_once_there_is_one,
        a_link_whose_way_is_gone_goes_by_another_one,
        a_ticket_of_another_system_is_not_written_to,
        check_counts_as_reached_only_whom_a_link_reaches,
        whoever_looks_is_told_that_links_stand_still_at_a_row_that_cannot_be_read,
    }
    reminders {
        an_answer_to_the_old_message_overtakes_a_reminder_on_its_way,
        blocking_before_the_reminder_is_learnt_from_it,
    }
    report {
        a_lead_reads_the_scores_of_a_period_and_asks_for_others_by_buttons,
        an_agent_reads_their_own_scores_and_strangers_none,
    }
    role_ends {
        a_case_that_came_free_while_its_chat_was_cut_off_can_be_taken_once_the_chat_is_kept,
        the_admins_are_told_as_soon_as_one_can_be_and_nothing_is_lost_meanwhile,
        the_log_and_check_say_who_subscribed_which_chat_and_what_became_of_it,
    }
    rules_throttle {
        a_script_that_asks_rarely_gives_way_to_the_next_by_priority,
    }
    routing {
        a_case_goes_where_its_filters_fit_else_to_chats_without_filters_else_to_the_admins,
        check_names_filters_that_nothing_can_fit_and_chats_that_get_nothing,
        overdue_cases_come_to_the_chats_that_want_them_and_whose_filters_fit,
        who_gets_alerts_is_known_as_it_stands_whoever_changed_it,
        while_the_only_fitting_chat_refuses_messages_its_cases_go_to_the_admins_with_the_reason,
    }
    routing_fallbacks {
        chats_that_the_environment_names_for_overdue_cases_have_no_filters_for_them,
        if_neither_a_fitting_chat_nor_an_admin_can_be_told_every_chat_gets_the_case,
    }
    routing_nights {
        at_night_a_chat_that_wants_it_so_gets_cases_without_sound_and_by_day_with_it,
    }
    scripts {
        a_file_goes_out_and_comes_back_with_its_comments_as_a_draft_that_is_published,
        mistakes_of_type_name_and_place_are_told_in_the_admins_language,
    }
    segments {
        a_new_time_zone_moves_what_was_counted_to_its_days,
        a_recount_finds_what_is_wrong_and_mends_it,
        check_recounts_on_request_and_says_what_it_put_right,
        the_only_answer_to_a_question_is_counted_until_it_is_off_the_path,
        the_steps_of_a_ticket_belong_together_until_its_customer_is_erased,
        those_who_read_at_length_wait_for_each_other_and_hold_up_no_tap,
    }
    setup_of_a_newcomer {
        another_zone_is_named_in_words_and_asked_for_again_until_there_is_such_a_one,
    }
    shared_pages {
        a_link_ends_by_time_by_hand_and_with_the_role_of_its_maker,
        a_link_shows_one_page_as_it_was_seen_and_leads_nowhere,
        agents_have_their_names_only_if_these_were_chosen,
    }
    silences {
        after_a_downtime_into_the_night_surveys_are_shown_again_in_the_morning,
    }
    small_data_set {
        two_months_lived_through_have_the_figures_of_the_vectors,
    }
    standing {
        change_goes_by_itself_when_nothing_can_be_changed_any_more,
        just_write_stands_there_as_long_as_words_are_taken,
    }
    stopping {
        a_survey_stopped_under_way_that_arrives_was_refused,
        a_survey_that_arrives_before_its_customer_blocks_the_bot_ends_with_that,
    }
    support_figures {
        the_kpis_of_a_desk_are_what_its_events_come_to,
        kpis_are_the_same_whether_the_steps_of_tickets_are_stored_or_have_just_come,
        the_kpis_of_cases_are_those_of_the_cases_opened_in_the_period,
    }
    talk {
        a_reply_to_a_file_that_a_customer_sent_in_the_survey_reaches_them,
        a_case_in_a_list_gets_a_message_of_its_own_by_its_number,
        edits_follow_on_both_sides,
        files_and_albums_go_both_ways_without_anybodys_account,
        reply_asks_in_the_chat_and_a_reply_can_be_taken_back,
        two_cases_of_one_person_are_told_apart,
        what_a_lead_replies_reaches_the_customer_and_their_answer_comes_back,
        what_is_not_meant_for_the_customer_does_not_reach_them,
    }
    team {
        a_link_expires_or_is_taken_back_and_lowers_nobody,
        a_person_is_given_an_agent_id_in_words_which_is_checked_and_taken_away_again,
    }
    timing {
        a_cancelled_purchase_is_not_asked_about_whichever_came_first,
    }
    unshown {
        words_for_a_human_that_cannot_be_shown_are_mentioned_once,
    }
    upgrading {
        a_request_that_listened_and_a_bad_score_of_before_go_on_as_cases,
        a_customer_of_before_is_erased_without_a_trace,
    }
    words {
        a_caption_can_be_edited_too,
        a_reply_names_what_it_adds_to,
        several_messages_in_a_row_are_one_comment_and_answered_once,
        words_to_another_score_replace_those_to_the_former_one,
    }
}

run_again! { POSTGRES, truth:
    every_figure_of_a_generated_shop_is_what_its_exports_come_to
}
