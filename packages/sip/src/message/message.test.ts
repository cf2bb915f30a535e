import { expect, test } from "vitest";
import { parseCSeq, parseNameAddr, parseVia, writeNameAddr } from "./headers.ts";
import type { SipRequest } from "./message.ts";
import { SipSyntaxError } from "./message.ts";
import { parseMessage } from "./parse.ts";
import { parseUri, sipUri, unescapeUser } from "./uri.ts";
import { checkRequest } from "./validate.ts";
import { writeMessage, writeResponse } from "./write.ts";

const base = ["Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKx", "From: <sip:a@b>;tag=1", "To: <sip:c@d>", "Call-ID: i", "CSeq: 1 OPTIONS"];
const request = (lines: string[], body = ""): SipRequest => parseMessage(Buffer.from([`OPTIONS sip:c@d SIP/2.0`, ...lines, "", body].join("\r\n"))) as SipRequest;
const source = { host: "192.0.2.9", port: 6000, proto: "udp" } as const;

test.each([
  ['"Smith \\"J\\", Ann" <sip:ann@x;lr>;tag=7', 'Smith "J", Ann', "sip:ann@x;lr", "7"],
  ["sip:ann@x;tag=7", null, "sip:ann@x", "7"],
  ["<sip:ann@x>", null, "sip:ann@x", null],
  ["Ann van Dam <sip:ann@x> ; tag = 7", "Ann van Dam", "sip:ann@x", "7"],
  ["Иван <sip:i@x>", "Иван", "sip:i@x", null],
  ['sip:a@x;note="<b>";tag=7', null, "sip:a@x", "7"],
  ["<tel:+38640123456;phone-context=si>", null, "tel:+38640123456;phone-context=si", null],
])("the address %s is read", (text, display, uri, tag) => {
  expect(parseNameAddr(text)).toMatchObject({ display, uri: { text: uri }, tag });
});

test.each(["", "<", "<sip:a@b", '"open <sip:a@b>', "a, b <sip:a@b>", "<sip:a@b>x", "<sip:a@b>;", "<sip:a@b>;=1", "sip:a@b?x=y", "<sip: a@b>", "<sip:@b>", "<sip:a@b:99999>", "<sip:a@b@c>", "<1sip:a>", "<sip:a@[::1>"])(
  "the address %s is refused", (text) => expect(parseNameAddr(text)).toBeNull());

test("an address is written as it can be read again", () => {
  const address = parseNameAddr('"a\\"b" <sip:x@y>;tag=1;flag')!;
  expect(parseNameAddr(writeNameAddr(address))).toEqual(address);
});

test("URIs keep user, password, host, port and parameters apart", () => {
  expect(parseUri("SIPS:al%20ice:pw@[2001:db8::1]:5061;Transport=tcp;lr?subject=x")).toMatchObject({
    scheme: "sips", user: "al%20ice", password: "pw", host: "[2001:db8::1]", port: 5061, params: new Map([["transport", "tcp"], ["lr", null]]), headers: "subject=x",
  });
  expect(unescapeUser(parseUri("sip:al%20ice@x")!)).toBe("al ice");
  expect(unescapeUser(parseUri("sip:al%2@x")!)).toBe("al%2");
  expect(unescapeUser(parseUri("tel:+386;x=1")!)).toBe("+386");
  expect(unescapeUser(parseUri(sipUri("a@b:c;d é#", "x", 5070))!)).toBe("a@b:c;d é#");
});

test("Via and CSeq are read strictly where it matters", () => {
  expect(parseVia("SIP/2.0/UDP a.b:5060 ;rport; branch=z")).toMatchObject({ host: "a.b", port: 5060, branch: "z" });
  expect(parseVia("SIP / 2.0 / TLS [::1] : 5061")).toMatchObject({ transport: "TLS", host: "[::1]", port: 5061 });
  for (const text of ["", "SIP/2.0", "SIP/2.0/UDP", "SIP/2.0/UDP a b", "HTTP/1.1/TCP a", "SIP/2.0/UDP a;;"]) expect(parseVia(text), text).toBeNull();
  expect(parseCSeq("2147483647 ACK")).toEqual({ number: 2_147_483_647, method: "ACK" });
  for (const text of ["2147483648 ACK", "-1 ACK", "1", "1 A B", "x ACK"]) expect(parseCSeq(text), text).toBeNull();
});

test("compact and folded headers are found by their long names, in their order", () => {
  const message = request(["v: SIP/2.0/UDP one;branch=z9hG4bK1,", " SIP/2.0/UDP two;branch=z9hG4bK2", "f: <sip:a@b>;tag=1", "t: <sip:c@d>", "i: i", "cSEQ: 1", "\tOPTIONS", "X-Own:kept ", "l: 2"], "hi");
  expect(checkRequest(message)).toBeNull();
  expect(message.list("via")).toEqual(["SIP/2.0/UDP one;branch=z9hG4bK1", "SIP/2.0/UDP two;branch=z9hG4bK2"]);
  expect([message.get("x-own"), message.text, message.via.host]).toEqual(["kept", "hi", "one"]);
});

test.each([
  ["a second From", [...base, "f: <sip:e@f>;tag=2"], 400], ["a line without colon", [...base, "junk"], 400], ["an empty name", [...base, ": x"], 400],
  ["a bare line feed", [...base, "X: a\nY: b"], 400], ["too many headers", [...base, ...Array.from({ length: 130 }, () => "X: y")], 400],
  ["headers too long", [...base, `X: ${"y".repeat(17_000)}`], 513], ["a body too long", [...base, "Content-Length: 70000"], 413],
  ["Max-Forwards out of range", [...base, "Max-Forwards: 256"], 400], ["a malformed Contact", [...base, "Contact: <sip:a@b"], 400],
])("%s is refused", (_what, lines, status) => {
  expect(checkRequest(request(lines))?.status).toBe(status);
});

test("headers that are not UTF-8 come back byte for byte in the answer", () => {
  const data = Buffer.concat([Buffer.from("OPTIONS sip:c@d SIP/2.0\r\n"), Buffer.from(base.join("\r\n").replace("<sip:a@b>", '"\xe9\xff" <sip:a@b>'), "latin1"), Buffer.from("\r\n\r\n")]);
  const message = parseMessage(data) as SipRequest;
  const text = writeResponse(message, source, { status: 200, body: "ж", contentType: "text/plain" });
  const sent = Buffer.from(text, message.encoding);
  expect(sent.includes(Buffer.from([0x22, 0xe9, 0xff, 0x22]))).toBe(true);
  expect(parseMessage(sent)!.text).toBe("ж");
  expect(parseMessage(writeMessage(message))!.get("from")).toBe(message.get("from"));
});

test("a received parameter that the sender wrote itself is not believed (§18.2.1)", () => {
  const forged = request([base[0]!.replace("192.0.2.9", "10.0.0.1") + ";received=198.51.100.1;rport", ...base.slice(1)]);
  const via = parseMessage(Buffer.from(writeResponse(forged, source, { status: 200 })))!.via;
  expect([via.params.get("received"), via.params.get("rport"), via.branch]).toEqual(["192.0.2.9", "6000", "z9hG4bKx"]);
});

test("reading a header that is not there throws by name; a checked request never does", () => {
  expect(() => request([]).from).toThrow(SipSyntaxError);
  expect(() => request([]).from).toThrow("From");
});
