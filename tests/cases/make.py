#!/usr/bin/env python3
"""Makes the cases of this folder: the variants of each kind. `python3 make.py` writes the same files each time.

    make.py             writes them here, and the table of README.md
    make.py FOLDER      writes them into another folder, which exists
"""
import glob, json, os, pathlib, sys

sys.dont_write_bytecode = True
import kinds
from tcp_kinds import *

here = pathlib.Path(__file__).parent
kinds.OUT = out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here
for old in glob.glob(str(out / "*.pcap*")) + glob.glob(str(out / "*.expect.json")):
    os.remove(old)

for which in ("masked-text", "bad-utf8", "rsv1", "unmasked", "fragmented-ping", "reserved-control"):
    for end in ("rst", "fin"):
        violation(which, end)

body_header("content-length-0", "Content-Length: 0", title="Content-Length: 0 in the 101, all else in order")
body_header("content-length-0-given-up", "Content-Length: 0", then="given up", title="Content-Length: 0 in the 101, and the client goes")
body_header("chunked", "Server: relay", "Transfer-Encoding: chunked", title="Transfer-Encoding: chunked in the 101, all else in order")
body_header("chunk-terminator", "Transfer-Encoding: chunked", then="terminator", title="Transfer-Encoding: chunked in the 101, and the last chunk behind it")
body_header("chunked-frame", "Transfer-Encoding: chunked", then=["welcome"], title="A frame within a chunk")

unanswered("server-fin-60", "server-fin", 60)
unanswered("client-rst-31", "client-rst", 31)
unanswered("open-42", "open", 42)
unanswered("just-asked", "open", 0, guard=True)
slow_answer("6-s", 6.0)
pipelined("length", reply("200 OK", body=b"hello"))
pipelined("chunked", head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + chunked(b"hello", b"world!"))

two_connection_lines("426", ["Connection: keep-alive", "Connection: Upgrade"], 426)
two_connection_lines("400", ["Connection: keep-alive", "Accept: */*", "Connection: Upgrade"], 400)
two_connection_lines("101", ["Connection: keep-alive", "Connection: Upgrade"], 101)
twice_in_101("upgrade", upgrade=("Upgrade: websocket", "Upgrade: websocket", "Connection: Upgrade"), rule="Two Upgrade lines make the value 'websocket, websocket', which RFC 6455 §4.1 does not allow.")
twice_in_101("accept", accept_again=True, rule="RFC 6455 §11.3.3: Sec-WebSocket-Accept must not appear more than once in a response.", also=["H06"])
two_protocol_lines()
two_101("client-goes", "fin")

G = lambda path="/p", host="app.example", method="GET", *more: head(f"{method} {path} HTTP/1.1", f"Host: {host}", *more)
before_upgrade("chunked-answer", [(G(), head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + chunked(b"hello", b"world!"))], "A chunked answer before the Upgrade on the same connection")
before_upgrade("chunked-request", [(head("POST /p HTTP/1.1", "Host: app.example", "Transfer-Encoding: chunked") + chunked(b"abc"), head("HTTP/1.1 204 No Content"))], "A chunked request before the Upgrade")
before_upgrade("length", [(G(), reply("200 OK", body=b"hello"))], "An answer with Content-Length before the Upgrade", guard=True)
before_upgrade("head-304", [(G(method="HEAD"), head("HTTP/1.1 200 OK", "Content-Length: 500")), (G(), head("HTTP/1.1 304 Not Modified", "Content-Length: 77"))], "HEAD and 304, which have no body, before the Upgrade", guard=True)
connect_proxy("200", [head("HTTP/1.0 200 Connection established", "Proxy-Agent: relay/1.11")])
connect_proxy("407-first", [reply("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="x"'), head("HTTP/1.1 200 OK")])
connect_tls("443")
tunnel_answer("http10", "HTTP/1.0 200 Connection established")
other_upgrade("docker", "tcp", head("POST /v1.47/exec/abc/start HTTP/1.1", "Host: docker", "Connection: Upgrade", "Upgrade: tcp", "Content-Type: application/json", "Content-Length: 2", body=b"{}"),
              head("HTTP/1.1 101 UPGRADED", "Connection: Upgrade", "Content-Type: application/vnd.docker.raw-stream", "Upgrade: tcp"), b"\1\0\0\0\0\0\0\5hello")
switched_after_refusal("h2c-after-400")
chunked_refusal("503", "503 Service Unavailable", b"no worker is up, sorry")
digest("digest", 'Digest realm="x", nonce="abc", qop="auth"')
informational("103", "103 Early Hints", "Link: </app.css>; rel=preload")
prelude("proxy-v1", [(b"PROXY TCP4 192.0.2.10 198.51.100.20 40000 8080\r\n", None)], "A PROXY line (version 1) before the request", together=True)
prelude("socks5", [(b"\5\1\0", b"\5\0"), (b"\5\1\0\1\xc6\x33\x64\x14\x1f\x90", b"\5\0\0\1\xcb\0\x71\5\x9c\x40")], "SOCKS5 before the request")
hixie("accepted", "/demo", refused=False)

long_control("ping-64-bit", S, PING, 128, 64)
long_control("close-64-bit", S, CLOSE, 130, 64)
long_control("ping-20-in-16-bits", S, PING, 20, 16, guard=True)
long_control("ping-16-bit", S, PING, 126, 16, guard=True)
always_16_bits("server-3", S, 3)
always_16_bits("client-125", C, 125)
compressed_noise("server", S, 500)
head_too_long("blank-lines", b"\r\n" * 100_000, "200 KB of blank lines before the request")
http_on_websocket("get", "GET /next HTTP/1.1")
receiver_at_fault("five", ["137,18,184,199", "b1000_0", ",".join(str(i * i % 977) for i in range(900)), "638,935,936", "b1000_1"])
compressed_views("text", S, ['{"event":"welcome","id":1}', '{"event":"goodbye","id":2}'], ["welcome", "goodbye"])

window_bits("server-10-answered-12", "; server_max_window_bits=10", "; server_max_window_bits=12", "Z06", "RFC 7692 §7.1.2.1: the answer's value is the same as the offer's or smaller.")
window_bits("server-9-not-answered", "; server_max_window_bits=9", "", "Z06", "RFC 7692 §7.1.2.1: an offer with server_max_window_bits is accepted by repeating it; without it the server may use 15 bits, more than was offered.")
window_bits("client-not-offered", "", "; client_max_window_bits=15", "H13", "RFC 7692 §7.1.2.2: client_max_window_bits may not be in the answer unless it was offered.", guard=True)
window_bits("answered-16", "; client_max_window_bits", "; client_max_window_bits=16", "H13", "RFC 7692 §7.1.2.2: from 8 to 15.", guard=True)
window_bits("smaller", "; server_max_window_bits=12; client_max_window_bits", "; server_max_window_bits=9; client_max_window_bits=10", None, "A smaller window than offered is right.", guard=True)
larger_window_used("9-bits-used-15", 9, 1500)
offer_out_of_range("client-16", "; client_max_window_bits=16", "500 Internal Server Error")
offer_out_of_range("client-word", "; client_max_window_bits=max", "500 Internal Server Error")
offer_out_of_range("client-no-value", "; client_max_window_bits", None, guard=True)

hole("client-text", "client")
hole("server-middle", "server middle", with_ping=True, guard=True)
cut("400-hidden", 400, True)
cut("400-said", 400, False, guard=True)
cut("headers-only-hidden", 66, True)
one_way("server-only", S)
one_way("client-pinged", C)
fragment_lost("v4-client", C)
after_desync("server", S)
mid_stream("boundary", 0)
mid_stream("boundary-port", 0, args=("--port", "9001"))
mid_stream("inside-port", 0, args=("--port", "9001"), side_cut=S)

for name in ("vxlan", "gre", "gre-key-sequence", "erspan2", "gtp-u", "radiotap", "nflog", "pktap", "geneve", "802.11"):
    wrapped(name)
for name in ("vlan", "qinq", "mpls", "ipip", "sll2", "null", "raw"):
    wrapped(name, guard=True)
wrapped("ip-fragments-v4", size=600)
no_ip_length("server", S)
not_read("user-link-type", "user0")
not_read("esp", "esp")
nothing_there("dns")

close_and_fin("server", S, 4000, "fin")
close_and_fin("both", S, 4008, "both")
close_and_fin("text-first", S, 1001, "fin", text="bye then")
for name, survivor, end, more in (("server-closes", S, "close-fin", {}), ("server-resets", S, "rst", {"beat": 31.0}), ("client-waits", C, "open", {}), ("server-client-revived", S, "revived", {})):
    vanished(name, survivor, end, **more)
silent_direction("with-close", pings=True, closes=True)
push_only("slow", 6, 9.0)
short_end("72-us", 72)
late_data("client-closes", 5)
late_data("client-closes-seen", 5, seen=True)
unread("3-ms", 3)
clock_stands_still("client", C)
clock_stands_still("server", S)
silence_then_rst("client-400", 400, C)
half_open_again("second-syn", 1.0)
half_open_again("with-old", 1.0, with_old=True)
bad_rst("client", C)
forged_rst("server", S, 241, 54321)
rst_genuine("client", C, 118)
reset_after_fin("server", S)
reset_after_all("client", C, 0.004)
reset_for_last_ack("three-segment")
hole_before_fin("server", S)
fin_overtakes("client", C)
fin_coalesced("client", C)
half_close("three", 3)
close_to_closed_socket("1000", 1000)
aborted_close("client", C, False)
aborted_close("server", S, False)
aborted_close("answer", C, True)
no_socket("server", S)
no_socket("client", C)
gone_end("client-fin", S, "fin")
gone_end("server-fin", C, "fin")
gone_end("client-rst", S, "rst")
window_after_fin("2-s", 2.0)
stalled("3-s", 3.0)

for name, seconds, times in (("37", 37, 1), ("90", 90, 1), ("50", 50, 1), ("3600", 3600, 1), ("50-three", 50, 3), ("180-three", 180, 3)):
    idle(name, seconds, times)
idle("30", 30, known=True)
idle("60", 60, known=True)
idle("100", 100, known=True)
idle("60-rst", 60, known=True, end="rst")
not_idle("45", 45, 1000)
not_idle("38", 38, 1001)
after_keepalive("32-ms", 32)

for name in ("unmasked-answered", "masked-answered", "version-8-talked", "unanswered-ping-closed-1000", "pong-crossing"):
    no_cause(name)
tolerated_then_said("unmasked", "unmasked", (10.0, 12.0))
tolerated_then_said("masked-text", "masked-text", (4.0,))
window_closed_to_the_end("client-rst", C, "rst")
window_closed_to_the_end("server-fin", S, "fin")
ended_together("five", 5, 3.0)
close_behind_gap("server", S, 1001)
close_behind_gap("client", C, 1000)
close_and_capture_ends("server", S, answered=False)
close_and_capture_ends("answered", C, answered=True)
icmp_unreachable("host-open", 1, "host unreachable", "open")
icmp_unreachable("prohibited-syn", 13, "administratively prohibited", "syn")
alone("three", 3)
syn_twice("loopback", 2e-6)
doubled("loopback", "loopback")
doubled("interfaces", "interfaces", 8e-6)
retransmitted("server", S, 0.25)
syn_late("last", 17)
ports_reused("3-s", 3.0)
scan("four", (21, 22, 80, 8080))
tls_with_secrets("secrets-in-file")
in_order("three", 3)

reserved_code("1006", C, 1006, "unexpected EOF")

healthy("client-four")
healthy("server-four", S, 1000, "four", "bye")
healthy("server-three", S, 1001, "three", "deploy")
healthy("crossing", C, 1000, "crossing")
for name in ("C01-server", "C01-text-and-fin", "C02", "C06", "C09", "C13", "F05-two-writers", "F06-answer", "F15", "F10", "H04", "H07", "H06",
             "T02", "T01", "T07-goes-on", "X06", "Z01", "H16", "L04", "C01-client", "C07", "F05-length", "H13"):
    genuine(name)

unknown_extension("server", S)
for what in ("upload", "open", "one-line", "other-icmp", "other-traffic", "duplicate-acks", "other-silences"):
    quiet(what, what)

if out != here:
    sys.exit()
readme, cases = here / "README.md", []
for path in here.glob("*.expect.json"):
    expect = json.loads(path.read_text())
    cases.append((expect["kind"], path.name.removesuffix(".expect.json"), "guard" if expect.get("guard") else "", expect["title"].replace("|", "\\|")))
rows = "".join(f"| {kind} | `{name}` | {guard} | {title} |\n" for kind, name, guard, title in sorted(cases))
readme.write_text(readme.read_text().split("| kind |")[0] + "| kind | name | | title |\n|---|---|---|---|\n" + rows)
