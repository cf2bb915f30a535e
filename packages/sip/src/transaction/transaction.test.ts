import { beforeEach, describe, expect, test } from "vitest";
import { Clock } from "../../test/network.ts";
import { parseMessage } from "../message/parse.ts";
import type { SipResponse } from "../message/message.ts";
import type { OutgoingRequest } from "./request.ts";
import { Timers } from "./timers.ts";
import { ClientTransaction, defaultTimerValues, type TransactionEnv } from "./transaction.client.ts";
import { ServerTransaction } from "./transaction.server.ts";
import type { Transport } from "../transport/transport.ts";
import type { Proto } from "../message/write.ts";

let clock: Clock;
let env: TransactionEnv;
let sentAtMs: number[];
let sent: string[];
let transport: Transport;
let fail: (() => void) | undefined;

beforeEach(() => {
  clock = new Clock();
  const startMs = clock.nowMs;
  env = { timers: new Timers(clock), values: defaultTimerValues, count: () => undefined };
  sentAtMs = [];
  sent = [];
  transport = {
    local: { host: "192.0.2.1", port: 5060, proto: "udp" }, sentBy: "192.0.2.1:5060", isConnected: () => false, close: () => Promise.resolve(),
    send: (text, _to, _encoding, onError) => {
      sent.push(text.split("\r\n", 1)[0]!);
      sentAtMs.push(clock.nowMs - startMs);
      fail = onError && (() => onError(new Error("unreachable")));
    },
  };
});

const request = (method: string): OutgoingRequest => ({
  method, uri: "sip:a@192.0.2.2", routes: "Route: <sip:192.0.2.3;lr>\r\n", from: "<sip:me@x>;tag=1", to: "<sip:a@x>", callId: "c", cseq: 4, rows: "", body: "", encoding: "utf8",
});
const response = (status: number, method = "INVITE"): SipResponse => parseMessage(Buffer.from(
  `SIP/2.0 ${status} x\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKb\r\nFrom: <sip:me@x>;tag=1\r\nTo: <sip:a@x>;tag=2\r\nCall-ID: c\r\nCSeq: 4 ${method}\r\nContent-Length: 0\r\n\r\n`)) as SipResponse;

function client(method: string, proto: Proto = "udp"): { transaction: ClientTransaction; told: string[] } {
  const told: string[] = [];
  const transaction = new ClientTransaction(env, request(method), { branch: "z9hG4bKb", to: { host: "192.0.2.2", port: 5060, proto }, transport }, {
    onResponse: ({ status }) => told.push(String(status)), onFail: (reason) => told.push(reason), onEnd: () => told.push("end"),
  });
  transaction.start();
  return { transaction, told };
}

describe("INVITE client (§17.1.1)", () => {
  test("timer A doubles without bound, timer B ends it", () => {
    const { told } = client("INVITE");
    clock.advance(40_000);
    expect(sentAtMs).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500]);
    expect(told).toEqual(["end", "timeout"]);
  });

  test("over TCP nothing is repeated", () => {
    client("INVITE", "tcp");
    clock.advance(40_000);
    expect(sent).toHaveLength(1);
  });

  test("a provisional answer stops the repeats and the deadline", () => {
    const { transaction, told } = client("INVITE");
    transaction.receive(response(180));
    clock.advance(300_000);
    expect([sent.length, told, transaction.state]).toEqual([1, ["180"], "proceeding"]);
  });

  test("a refusal is acknowledged each time it comes, until timer D", () => {
    const { transaction, told } = client("INVITE");
    transaction.receive(response(486));
    transaction.receive(response(486));
    expect(sent).toEqual(["INVITE sip:a@192.0.2.2 SIP/2.0", "ACK sip:a@192.0.2.2 SIP/2.0", "ACK sip:a@192.0.2.2 SIP/2.0"]);
    clock.advance(31_900);
    expect(transaction.state).toBe("completed");
    clock.advance(200);
    expect([transaction.state, told]).toEqual(["terminated", ["486", "end"]]);
  });

  test("every 2xx goes up, until timer M (RFC 6026)", () => {
    const { transaction, told } = client("INVITE");
    transaction.receive(response(200));
    transaction.receive(response(200));
    transaction.receive(response(486));
    clock.advance(32_100);
    expect([sent.length, told]).toEqual([1, ["200", "200", "end"]]);
  });

  test("a transport that fails is told once", () => {
    const { told } = client("INVITE");
    fail!();
    fail!();
    expect(told).toEqual(["end", "transport"]);
  });
});

describe("non-INVITE client (§17.1.2)", () => {
  test("timer E doubles up to T2, timer F ends it", () => {
    const { told } = client("BYE");
    clock.advance(40_000);
    expect(sentAtMs).toEqual([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    expect(told).toEqual(["end", "timeout"]);
  });

  test("a provisional answer slows it down to T2 and does not stop timer F", () => {
    const { transaction, told } = client("BYE");
    transaction.receive(response(100, "BYE"));
    clock.advance(40_000);
    expect(sentAtMs.slice(0, 3)).toEqual([0, 500, 4500]);
    expect(told).toEqual(["100", "end", "timeout"]);
  });

  test("repeats of the final answer are absorbed until timer K", () => {
    const { transaction, told } = client("BYE");
    transaction.receive(response(200, "BYE"));
    transaction.receive(response(200, "BYE"));
    expect(told).toEqual(["200"]);
    clock.advance(5100);
    expect(told).toEqual(["200", "end"]);
  });
});

function server(isInvite: boolean, proto: Proto = "udp"): { transaction: ServerTransaction; told: string[] } {
  const told: string[] = [];
  const transaction = new ServerTransaction(env, isInvite, { transport, to: { host: "192.0.2.2", port: 5060, proto }, elsewhere: null, encoding: "utf8" }, () => told.push("end"));
  transaction.onAckTimeout = () => told.push("no ack");
  return { transaction, told };
}

describe("INVITE server (§17.2.1)", () => {
  test("a refusal is repeated by timer G up to T2 until timer H gives up", () => {
    const { transaction, told } = server(true);
    transaction.respond(486, "486");
    clock.advance(40_000);
    expect(sentAtMs).toEqual([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    expect(told).toEqual(["end", "no ack"]);
  });

  test("the ACK stops the repeats, timer I absorbs further ACKs", () => {
    const { transaction, told } = server(true);
    transaction.respond(486, "486");
    clock.advance(600);
    transaction.receiveAck();
    clock.advance(4900);
    expect([transaction.state, sent.length]).toEqual(["confirmed", 2]);
    clock.advance(200);
    expect(told).toEqual(["end"]);
  });

  test("a repeated request gets the last provisional answer again, after a 2xx nothing", () => {
    const { transaction } = server(true);
    transaction.receiveAgain();
    transaction.respond(180, "180");
    transaction.receiveAgain();
    transaction.respond(200, "200");
    transaction.receiveAgain();
    expect(sent).toEqual(["180", "180", "200"]);
    expect(transaction.respond(486, "486")).toBe(false);
  });

  test("over TCP a refusal is not repeated, but timer H still runs", () => {
    const { transaction, told } = server(true, "tcp");
    transaction.respond(486, "486");
    clock.advance(32_100);
    expect([sent.length, told]).toEqual([1, ["end", "no ack"]]);
  });
});

describe("non-INVITE server (§17.2.2)", () => {
  test("a repeated request gets the final answer again until timer J", () => {
    const { transaction, told } = server(false);
    transaction.receiveAgain();
    transaction.respond(200, "200");
    transaction.receiveAgain();
    expect(sent).toEqual(["200", "200"]);
    clock.advance(32_100);
    expect(told).toEqual(["end"]);
  });

  test("a request nobody answers is forgotten after 64·T1", () => {
    const { told } = server(false);
    clock.advance(32_100);
    expect(told).toEqual(["end"]);
  });
});

describe("a request too large for a datagram (§18.1.1)", () => {
  let failStream: (() => void) | undefined;

  function large(method = "INVITE"): { transaction: ClientTransaction; told: string[] } {
    const stream: Transport = { ...transport, local: { host: "192.0.2.1", port: 5070, proto: "tcp" }, sentBy: "192.0.2.1:5070", send: (text, to, encoding, onError) => {
      transport.send(`${to.proto} ${text}`, to, encoding);
      failStream = onError && (() => onError(new Error("no stream")));
    } };
    const told: string[] = [];
    const route = { branch: "z9hG4bKb", to: { host: "192.0.2.2", port: 5060, proto: "udp" as const }, transport, stream };
    const transaction = new ClientTransaction(env, { ...request(method), rows: `X-Note: ${"n".repeat(1_300)}\r\n` }, route, {
      onResponse: ({ status }) => told.push(String(status)), onFail: (reason) => told.push(reason), onEnd: () => told.push("end"), onNarrow: () => told.push("no stream"),
    });
    transaction.start();
    return { transaction, told };
  }

  test("goes over the stream alone; a far end that takes it and never answers is a timeout after 64·T1, and is not asked again by datagram", () => {
    const { told } = large();
    clock.advance(40_000);
    expect(sent).toEqual(["tcp INVITE sip:a@192.0.2.2 SIP/2.0"]);
    expect(told).toEqual(["end", "timeout"]);
  });

  test.each(["INVITE", "MESSAGE"])("is repeated as a datagram, from T1 and for another 64·T1, when no stream is had: %s", (method) => {
    const { transaction, told } = large(method);
    clock.advance(5_000);
    failStream!();
    expect([transaction.to.proto, transaction.transport.sentBy, transaction.branch]).toEqual(["udp", "192.0.2.1:5060", "z9hG4bKb"]);
    clock.advance(31_900);
    expect(sentAtMs.slice(0, 4)).toEqual([0, 5_000, 5_500, 6_500]);
    expect(told).toEqual(["no stream"]);
    clock.advance(200);
    expect(told).toEqual(["no stream", "end", "timeout"]);
  });

  test("a stream that ends in the middle, unanswered, is taken for none; one that ends after the first answer changes nothing", () => {
    const cut = large();
    clock.advance(20);
    failStream!();
    failStream!();
    expect([sent.length, cut.told]).toEqual([2, ["no stream"]]);
    const rung = large();
    rung.transaction.receive(response(180));
    failStream!();
    clock.advance(100_000);
    expect([rung.transaction.state, rung.told]).toEqual(["proceeding", ["180"]]);
  });

  test("a late failure of the stream does not end what goes on by datagram", () => {
    const { transaction, told } = large();
    const first = failStream!;
    first();
    transaction.receive(response(180));
    first();
    transaction.receive(response(200));
    expect(told).toEqual(["no stream", "180", "200"]);
  });

  test("given up while the stream is being opened, it is never sent as a datagram", () => {
    const { transaction, told } = large();
    transaction.relent();
    failStream!();
    clock.advance(40_000);
    expect([sent.length, told]).toEqual([1, ["end", "transport"]]);
  });
});
