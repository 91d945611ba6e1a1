//! Graceful and forced stops: calls in flight are finished or given up, and nothing is lost.

use afterword::sandbox::Fault;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{Place, Serve, purchase, until, within};

#[tokio::test]
async fn a_soft_stop_waits_for_the_calls_in_flight() {
    for signal in ["TERM", "INT", "HUP"] {
        let place = Place::new().await;
        let mut serve = place.serve().await;
        let anna = serve.customer(&place.world, "C-1").await;
        let (held, gate) = Fault::held();
        place.world.fault(held.on("sendMessage").chat(anna));
        serve.event(&purchase("1001", "C-1")).await;
        within("the call", gate.arrived(1)).await;
        serve.signal(signal).await;
        until("a closed door", async || TcpStream::connect(&serve.address[7..]).await.err()).await;
        gate.open();
        assert_eq!(serve.ended().await, Some(0), "{}", serve.logged());
        assert!(!serve.logged().contains("not all work ended in time"), "{}", serve.logged());
        // What was sent has been recorded, so the next start sends no second copy.
        let serve = place.serve().await;
        serve.reaches("1001", "sent").await;
        let tap = place.world.tap_last(anna, "9").unwrap();
        within("the tap's answer", place.world.answered(&tap)).await;
        serve.stop().await;
        assert_eq!(place.world.sent_count(anna), 2, "the first words and one survey");
        assert_eq!(place.answers().await, ["1001 overall csi 9"]);
    }
}

#[tokio::test]
async fn a_closed_terminal_does_not_end_what_was_started_to_outlive_it() {
    let place = Place::new().await;
    let mut command = tokio::process::Command::new("sh");
    place.settle_in(&mut command);
    command.args(["-c", "trap '' HUP; exec \"$0\" serve", env!("CARGO_BIN_EXE_afterword")]);
    let serve = Serve::start(command, &place.path("log")).await;
    serve.signal("HUP").await;
    serve.event(&purchase("1001", "C-1")).await;
    serve.stop().await;
}

#[tokio::test]
async fn a_call_that_hangs_holds_up_nobody_for_long_and_a_second_signal_nobody_at_all() {
    let place = Place::new().await;
    let mut serve = place.serve().await;
    let anna = serve.customer(&place.world, "C-1").await;
    let (held, gate) = Fault::held();
    place.world.fault(held.on("sendMessage").chat(anna).times(2));
    serve.event(&purchase("1001", "C-1")).await;
    within("the call", gate.arrived(1)).await;
    serve.signal("TERM").await;
    assert_eq!(serve.ended().await, Some(0), "{}", serve.logged());
    assert!(serve.logged().contains("not all work ended in time"), "{}", serve.logged());

    let mut serve = place.serve().await;
    within("the call again", gate.arrived(2)).await;
    serve.signal("TERM").await;
    until("a closed door", async || TcpStream::connect(&serve.address[7..]).await.err()).await;
    serve.signal("INT").await;
    assert_eq!(serve.ended().await, Some(1), "{}", serve.logged());
    assert!(serve.logged().contains("stopped at once"), "{}", serve.logged());

    gate.open();
    place.world.clear_faults();
    let serve = place.serve().await;
    let told = async || {
        let ready = serve.get("/readyz").await.body;
        ready["checks"]["backlog"]["detail"].as_str().filter(|told| told.contains("nobody knows")).map(drop)
    };
    until("a word about what nobody knows", told).await;
    serve.reaches("1001", "sending").await;
    serve.stop().await;
    assert!(place.world.sent_count(anna) <= 3, "never a third copy of the survey");
}

#[tokio::test]
async fn a_stop_while_telegram_is_awaited_ends_at_once() {
    let mut place = Place::new().await;
    let telegram = place.go_offline().await;
    let mut serve = Serve::spawn_at(&mut place).await;
    serve.is_red("refused").await;
    serve.signal("TERM").await;
    assert_eq!(serve.ended().await, Some(0), "{}", serve.logged());
    place.go_online(telegram).await;
    place.serve().await.stop().await;
}

#[tokio::test]
async fn callers_that_dawdle_do_not_keep_the_rest_from_ending_well() {
    let place = Place::new().await;
    let mut serve = place.serve().await;
    let addr = serve.address[7..].to_owned();
    let idle = TcpStream::connect(&addr).await.unwrap();
    let mut half_a_head = TcpStream::connect(&addr).await.unwrap();
    half_a_head.write_all(b"POST /v1/events HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    let mut half_a_body = TcpStream::connect(&addr).await.unwrap();
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 100\r\n\r\n{{",
        super::KEY
    );
    half_a_body.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(serve.get("/healthz").await.status, 200);
    serve.signal("TERM").await;
    assert_eq!(serve.ended().await, Some(0), "{}", serve.logged());
    assert!(!serve.logged().contains("not all work ended in time"), "{}", serve.logged());
    drop((idle, half_a_head, half_a_body));
}
