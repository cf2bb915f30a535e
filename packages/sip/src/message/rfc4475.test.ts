import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Network, offer } from "../../test/network.ts";
import { createDigestRealm, challenge, parseAuthorization } from "../digest/digest.server.ts";
import { parseMessage } from "./parse.ts";
import { StreamFramer } from "../transport/stream.ts";
import { defaultLimits } from "./parse.ts";
import { unescapeUser, type SipUri } from "./uri.ts";
import { writeMessage } from "./write.ts";
import type { SipMessage, SipRequest, SipResponse } from "./message.ts";

const folder = new URL("../../test/rfc4475/", import.meta.url);
const read = (name: string): Buffer => readFileSync(new URL(`${name}.dat`, folder));
const source = { host: "192.0.2.77", port: 5060, proto: "udp" } as const;

/** Gives the message to a stack that takes every call, and tells what happened. */
function play(name: string): { status: number | null; response: SipResponse | null; invited: number; counters: Readonly<Record<string, number>>; methods: string[] } {
  const network = new Network();
  let invited = 0;
  const methods: string[] = [];
  const stack = network.stack("192.0.2.1", {
    onInvite: (call) => {
      invited++;
      call.accept(offer);
    },
    onRegister: ({ request, respond }) => {
      methods.push(request.method);
      respond(200);
    },
  });
  const responses: SipResponse[] = [];
  const hear = (data: Buffer): void => {
    const message = parseMessage(data);
    if (message?.kind === "response" && message.status !== 100) responses.push(message);
  };
  // Most messages name no port in Via, or one of their own, so both places are watched.
  for (const port of [5060, 5050, 5070]) network.bind({ ...source, port }, hear);
  const data = read(name);
  stack.endpoint.receive(data, source, { local: stack.addresses[0]!, sentBy: "192.0.2.1:5060", isConnected: () => false, close: () => Promise.resolve(), send: (text, _to, encoding) => hear(Buffer.from(text, encoding)) });
  const response = responses.at(-1) ?? null;
  return { status: response?.status ?? null, response, invited, counters: stack.counters, methods };
}

const request = (name: string): SipRequest => parseMessage(read(name)) as SipRequest;
const status = (name: string): number | null => play(name).status;
const isSilentAndCounted = (name: string): void => {
  const { status, counters } = play(name);
  expect(status).toBeNull();
  expect(counters["malformed"]).toBe(1);
};
const isRefused = (name: string, as: number): (() => void) => () => {
  const { status, counters } = play(name);
  expect(status).toBe(as);
  expect(counters[`refused_${as}`]).toBe(1);
};

/** Each message of RFC 4475, what it stands for, and what it must come to. */
const table: [name: string, section: string, what: string, check: () => void][] = [
  ["wsinv", "3.1.1.1", "unusual white space, folding and compact forms are read", () => {
    const message = request("wsinv");
    expect(message.problem).toBeNull();
    expect(message.list("via")).toHaveLength(3);
    expect(message.via).toMatchObject({ transport: "UDP", host: "192.0.2.2", branch: "390skdjuw" });
    expect(message.to.tag).toBe("1918181833n");
    expect(message.from).toMatchObject({ display: 'J Rosenberg \\"', tag: "98asjd8" });
    expect(message.cseq).toEqual({ number: 9, method: "INVITE" });
    expect(message.get("newfangledheader")).toBe("newfangled value continued newfangled value");
    expect(message.contacts()![0]).toMatchObject({ display: 'Quoted string ""' });
    expect(message.contacts()![0]!.params.get("q")).toBe("0.33");
    expect(message.uri.params.has("unknownparam")).toBe(true);
    expect(status("wsinv")).toBe(481); // its To tag names a dialog we do not have
  }],
  ["intmeth", "3.1.1.2", "unusual characters in method, URI, tokens and quoted strings are read", () => {
    const message = request("intmeth");
    expect(message.method).toBe("!interesting-Method0123456789_*+`.%indeed'~");
    expect(message.uri).toMatchObject({ user: "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*", host: "example.com" });
    expect(message.uri.password).toBe("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
    expect(message.to.display).toBe("BEL:\x07 NUL:\x00 DEL:\x7f");
    expect(message.from.tag).toBe("_token~1'+`*%!-.");
    expect(message.from.params.get("fromparam''~+*_!.-%")).toBe('"работающий"');
    expect(status("intmeth")).toBe(501);
  }],
  ["esc01", "3.1.1.3", "escapes in URIs keep their meaning and hide no second URI", () => {
    const message = request("esc01");
    expect(message.uri.host).toBe("example.net");
    expect(unescapeUser(message.uri)).toBe("sips:user@example.com");
    expect(unescapeUser(message.to.uri)).toBe("user");
    expect(play("esc01").invited).toBe(1);
  }],
  ["escnull", "3.1.1.4", "escaped nulls do not end a string", () => {
    expect(request("escnull").contacts()!.map(({ uri }) => unescapeUser(uri))).toEqual(["\0", "\0\0"]);
    expect(status("escnull")).toBe(200);
  }],
  ["esc02", "3.1.1.5", "percent signs that are no escapes stay what they are", () => {
    const message = request("esc02");
    expect(message.method).toBe("RE%47IST%45R");
    expect(message.to.display).toBe("%Z%45");
    expect(message.contacts()).toHaveLength(2);
    expect(status("esc02")).toBe(501);
  }],
  ["lwsdisp", "3.1.1.6", "no space is needed between display name and <", () => {
    expect(request("lwsdisp").from.display).toBe("caller");
    expect(status("lwsdisp")).toBe(200);
  }],
  ["longreq", "3.1.1.7", "long values are read whole", () => {
    expect(request("longreq").list("via")).toHaveLength(34);
    expect(request("longreq").from.uri.user).toHaveLength(115);
    expect(play("longreq").invited).toBe(1);
  }],
  ["dblreq", "3.1.1.8", "what follows the body in a datagram is ignored, in a stream it is the next message", () => {
    const { status, methods, invited } = play("dblreq");
    expect({ status, methods, invited }).toEqual({ status: 200, methods: ["REGISTER"], invited: 0 });
    const framed = new StreamFramer(defaultLimits).push(read("dblreq"));
    expect(framed.messages.slice(0, 2).map((data) => (parseMessage(data) as SipRequest).method)).toEqual(["REGISTER", "INVITE"]);
  }],
  ["semiuri", "3.1.1.9", "semicolons in the user part are no parameters", () => {
    expect(unescapeUser(request("semiuri").uri)).toBe("user;par=u@example.net");
    expect(request("semiuri").uri.params.size).toBe(0);
    expect(status("semiuri")).toBe(200);
  }],
  ["transports", "3.1.1.10", "unknown transports in Via are kept and copied", () => {
    const { response } = play("transports");
    expect(response!.status).toBe(200);
    expect(response!.rows("via").slice(1)).toEqual(request("transports").rows("via").slice(1));
  }],
  ["mpart01", "3.1.1.11", "a binary body is kept byte for byte", () => {
    const message = request("mpart01");
    expect(message.body).toHaveLength(553);
    expect(writeMessage(message).includes(message.body)).toBe(true);
    expect(status("mpart01")).toBe(405);
  }],
  ["unreason", "3.1.1.12", "a reason phrase may be any UTF-8", () => {
    const message = parseMessage(read("unreason")) as SipResponse;
    expect([message.problem, message.status, message.reason]).toEqual([null, 200, "= 2**3 * 5**2 но сто девяносто девять - простое"]);
  }],
  ["noreason", "3.1.1.13", "a reason phrase may be empty", () => {
    const message = parseMessage(read("noreason")) as SipResponse;
    expect([message.problem, message.status, message.reason]).toEqual([null, 100, ""]);
  }],
  ["badinv01", "3.1.2.1", "stray separators are refused with 400", isRefused("badinv01", 400)],
  ["clerr", "3.1.2.2", "a body shorter than announced is 400 in a datagram and waited for in a stream", () => {
    expect(status("clerr")).toBe(400);
    expect(new StreamFramer(defaultLimits).push(read("clerr"))).toEqual({ messages: [], pings: 0, isBroken: false });
  }],
  ["ncl", "3.1.2.3", "a negative Content-Length is 400, and the stream it came on is lost", () => {
    expect(status("ncl")).toBe(400);
    expect(new StreamFramer(defaultLimits).push(read("ncl")).isBroken).toBe(true);
  }],
  ["scalar02", "3.1.2.4", "numbers out of range in a request are 400", isRefused("scalar02", 400)],
  ["scalarlg", "3.1.2.5", "a response with numbers out of range is dropped", () => isSilentAndCounted("scalarlg")],
  ["quotbal", "3.1.2.6", "an open quote in To is 400", isRefused("quotbal", 400)],
  ["ltgtruri", "3.1.2.7", "angle brackets around the Request-URI are 400", isRefused("ltgtruri", 400)],
  ["lwsruri", "3.1.2.8", "white space inside the Request-URI is 400", isRefused("lwsruri", 400)],
  ["lwsstart", "3.1.2.9", "double spaces in the request line are 400", isRefused("lwsstart", 400)],
  ["trws", "3.1.2.10", "spaces after the SIP version are 400", isRefused("trws", 400)],
  ["escruri", "3.1.2.11", "headers in the Request-URI are 400 and never applied", isRefused("escruri", 400)],
  ["baddate", "3.1.2.12", "a Date in another zone than GMT is not our business", () => expect(play("baddate").invited).toBe(1)],
  ["regbadct", "3.1.2.13", "an unbracketed Contact with headers is 400", isRefused("regbadct", 400)],
  ["badaspec", "3.1.2.14", "spaces inside the angle brackets of To are 400", isRefused("badaspec", 400)],
  ["baddn", "3.1.2.15", "an unquoted comma in a display name is 400", isRefused("baddn", 400)],
  ["badvers", "3.1.2.16", "another SIP version is 505", isRefused("badvers", 505)],
  ["mismatch01", "3.1.2.17", "a CSeq method other than the request's is 400", isRefused("mismatch01", 400)],
  ["mismatch02", "3.1.2.18", "the same with an unknown method is 400", isRefused("mismatch02", 400)],
  ["bigcode", "3.1.2.19", "a response code out of range is dropped", () => isSilentAndCounted("bigcode")],
  ["badbranch", "3.2.1", "a branch of only the magic cookie does not identify a transaction", () => {
    expect(status("badbranch")).toBe(200);
    const other = read("badbranch").toString().replace("sadonfo23i420jv0as0derf3j3n", "another");
    const network = new Network();
    const stack = network.stack("192.0.2.1");
    const transport = { local: stack.addresses[0]!, sentBy: "", isConnected: () => false, close: () => Promise.resolve(), send: () => undefined };
    stack.endpoint.receive(read("badbranch"), source, transport);
    stack.endpoint.receive(Buffer.from(other), source, transport);
    expect(stack.counters["request_retransmissions"]).toBeUndefined();
  }],
  ["insuf", "3.3.1", "missing Call-ID, From and To are 400", isRefused("insuf", 400)],
  ["unkscm", "3.3.2", "an unknown scheme in the Request-URI is 416", isRefused("unkscm", 416)],
  ["novelsc", "3.3.3", "a known scheme that is not SIP is 416", isRefused("novelsc", 416)],
  ["unksm2", "3.3.4", "unknown schemes in To, From and Contact are read; a registrar refuses them with 400", () => {
    const schemes = (message: SipMessage): SipUri["scheme"][] => [message.to, message.from, ...message.contacts()!].map(({ uri }) => uri.scheme);
    expect(schemes(request("unksm2"))).toEqual(["isbn", "http", "name"]);
    expect(status("unksm2")).toBe(400);
  }],
  ["bext01", "3.3.5", "unknown extensions in Require are 420, listed in Unsupported", () => {
    const { status, response } = play("bext01");
    expect(status).toBe(420);
    expect(response!.list("unsupported")).toEqual(["nothingSupportsThis", "nothingSupportsThisEither"]);
  }],
  ["invut", "3.3.6", "an unknown body type is 415 with Accept", () => {
    const { status, response } = play("invut");
    expect([status, response!.get("accept")]).toEqual([415, "application/sdp"]);
  }],
  ["regaut01", "3.3.7", "an unknown authorization scheme counts as none", () => {
    expect(parseAuthorization(request("regaut01").get("authorization"))).toBeNull();
    expect(challenge(createDigestRealm({ realm: "example.com" }))).toHaveLength(2);
    expect(status("regaut01")).toBe(200);
  }],
  ["multi01", "3.3.8", "several values where one may stand are 400", isRefused("multi01", 400)],
  ["mcl01", "3.3.9", "two Content-Lengths are 400, and the stream they came on is lost", () => {
    expect(status("mcl01")).toBe(400);
    expect(new StreamFramer(defaultLimits).push(read("mcl01")).isBroken).toBe(true);
  }],
  ["bcast", "3.3.10", "a response with another Via below ours is dropped", () => isSilentAndCounted("bcast")],
  ["zeromf", "3.3.11", "OPTIONS with no hops left is answered by the one it has reached", () => expect(status("zeromf")).toBe(200)],
  ["cparam01", "3.3.12", "a parameter after an unbracketed Contact belongs to the header", () => {
    const [contact] = request("cparam01").contacts()!;
    expect([contact!.params.has("unknownparam"), contact!.uri.params.size]).toEqual([true, 0]);
    expect(status("cparam01")).toBe(200);
  }],
  ["cparam02", "3.3.13", "a parameter inside the brackets belongs to the URI", () => {
    const [contact] = request("cparam02").contacts()!;
    expect([contact!.params.size, contact!.uri.params.has("unknownparam")]).toEqual([0, true]);
    expect(status("cparam02")).toBe(200);
  }],
  ["regescrt", "3.3.14", "headers in a bracketed Contact are kept with it", () => {
    expect(request("regescrt").contacts()![0]!.uri.headers).toBe("Route=%3Csip:sip.example.com%3E");
    expect(status("regescrt")).toBe(200);
  }],
  ["sdp01", "3.3.15", "a caller who cannot take SDP is told 406", isRefused("sdp01", 406)],
  ["inv2543", "3.4.1", "an INVITE of RFC 2543 without branch, tag, Contact and Max-Forwards is a call", () => {
    const { invited, status } = play("inv2543");
    expect([invited, status]).toEqual([1, 200]);
  }],
  // Not in RFC 4475 but delivered with its messages: no SIP version, no Via, so nobody to answer.
  ["test", "older draft", "a request line without version is dropped", () => isSilentAndCounted("test")],
];

test.each(table)("%s (RFC 4475 §%s): %s", (_name, _section, _what, check) => {
  check();
});

test("every message of the collection is in the table", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".dat")).map((name) => name.slice(0, -4));
  expect(table.map(([name]) => name).sort()).toEqual(files.sort());
});

test("every sound message of the collection survives being written and read again", () => {
  for (const [name] of table) {
    const message = parseMessage(read(name));
    if (!message || message.problem) continue;
    const again = parseMessage(writeMessage(message))!;
    const content = (of: SipMessage): unknown[] => [of.names.filter((header) => header !== "content-length"), of.get("from"), of.get("via"), of.text];
    expect(content(again), name).toEqual(content(message));
  }
});
