//! The ways to write the address of a PostgreSQL database, tried on a server.

use std::net::TcpListener;

use super::Place;
use crate::cluster::{CARELESS, Server};
use crate::untried;

#[tokio::test]
async fn a_socket_and_an_ipv6_host_are_reached_however_they_are_written() {
    let Ok(port) = TcpListener::bind("[::1]:0").and_then(|free| Ok(free.local_addr()?.port())) else {
        untried::pass_over("IPv6");
        return;
    };
    let Some(server) = Server::start(&format!("{CARELESS}\nlisten_addresses = '::1'\nport = {port}")) else {
        untried::pass_over("a PostgreSQL server of their own (apt-get install postgresql)");
        return;
    };
    let folder = server.folder();
    let encoded = folder.replace('/', "%2F");
    let mut place = Place::new().await;
    let on_socket = format!("postgres on {folder}");
    let on_ipv6 = format!("postgres on [::1]:{port}");
    for (url, name) in [
        (format!("postgres://afterword:secret-of-nobody@/postgres?host={folder}&port={port}"), &on_socket),
        (format!("postgresql:///postgres?host={folder}&port={port}&user=afterword"), &on_socket),
        (format!("postgresql://afterword@{encoded}:{port}/postgres?sslmode=require"), &on_socket),
        (format!("host={folder} port={port} user='afterword' dbname=postgres"), &on_socket),
        (format!("postgres://afterword@[::1]:{port}/postgres"), &on_ipv6),
        (format!("postgresql://afterword@/postgres?host=::1&port={port}"), &on_ipv6),
        (format!("hostaddr=::1 port={port} user=afterword dbname=postgres"), &on_ipv6),
    ] {
        place.set("DATABASE_URL", &url);
        let ran = place.run(&["migrate"]).await;
        assert!(ran.code == 0 && ran.out.starts_with(name.as_str()), "{url}: {ran:?}");
    }
    // The environment may add what the address leaves out, as with every PostgreSQL client.
    place.set("DATABASE_URL", "postgresql://").set("PGHOST", &folder).set("PGPORT", &port.to_string());
    place.set("PGUSER", "afterword").set("PGDATABASE", "postgres");
    let ran = place.run(&["migrate"]).await;
    assert!(ran.code == 0 && ran.out.starts_with(&on_socket), "{ran:?}");
    place.set("DATABASE_URL", "postgresql:///postgres?host=/nowhere");
    place.run(&["migrate"]).await.refused(&["postgres on /nowhere: there is no socket .s.PGSQL."]);
}
