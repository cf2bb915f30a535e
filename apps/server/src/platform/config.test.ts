import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const read = (settings: Record<string, string>) => () => readConfig(settings, "/nowhere");

test("does not offer the demo's known password to the network", () => {
  expect(read({ HTTP_HOST: "0.0.0.0" })).toThrow(/LINIJA_DEMO=0/);
  expect(read({ HTTP_HOST: "0.0.0.0", LINIJA_DEMO_PASSWORD: "one of our own" })).not.toThrow();
  expect(read({ HTTP_HOST: "0.0.0.0", LINIJA_DEMO: "0" })).not.toThrow();
  for (const host of ["127.0.0.1", "localhost", "::1"]) expect(read({ HTTP_HOST: host })).not.toThrow();
});

test.each([
  ["its telephones", { SIP_HOST: "0.0.0.0" }, /SIP_HOST/], ["its desk through a proxy", { TRUST_PROXY: "1" }, /TRUST_PROXY/], ["its desk under an address of the world", { PUBLIC_URL: "https://demo.example" }, /PUBLIC_URL/],
  ["a name that only begins like this machine's", { HTTP_HOST: "127.evil.example" }, /HTTP_HOST/],
])("does not offer the demo's known password by %s", (_what, settings, named) => {
  expect(read(settings)).toThrow(named);
  expect(read({ ...settings, LINIJA_DEMO_PASSWORD: "one of our own" })).not.toThrow();
  expect(read({ PUBLIC_URL: "http://127.0.0.1:8080", SIP_HOST: "127.0.0.2" })).not.toThrow();
});

test.each([
  ["SIP_TRUNK", ["nonsense", "sip:", "sip:host:99999", "http://trunk.example", "sip:a b"], ["sip:10.0.0.5:5060;transport=udp", "sips:user@trunk.example", "sip:[2001:db8::1]:5060", "sip:trunk"]],
  ["MEDIA_PORTS", ["90000-1", "0-99999", "20000", "2000-2001"], ["20000-39998"]],
  ["DATABASE_URL", ["zzz", "mysql://a/b"], ["postgres://linija:x@db/linija", "postgresql:///linija?user=linija&host=%2Frun%2Fpostgresql"]],
  ["PUBLIC_URL", ["javascript:alert(1)", "desk.example"], ["https://desk.example", "http://127.0.0.1:8080/"]],
  ["SMTP_URL", ["mail", "http://mail"], ["smtp://user:pass@mail:587", "smtps://mail"]],
  ["TRUST_PROXY", ["yes", "10", "-1", "10.0.0.0/64", "proxy.example"], ["0", "1", "true", "2", "10.0.0.0/8, 2001:db8::/32", "127.0.0.1"]],
])("stops the start for a %s that cannot work", (name, wrong, right) => {
  for (const value of wrong) expect([value, read({ LINIJA_DEMO: "0", [name]: value })]).toSatisfy(([, run]) => { try { (run as () => void)(); return false; } catch (error) { return String(error).includes(name); } });
  for (const value of right) expect(read({ LINIJA_DEMO: "0", [name]: value })).not.toThrow();
});

test("believes as many proxies as are told, or those named; one where it said yes before", () => {
  const proxies = (value: string) => readConfig({ LINIJA_DEMO: "0", TRUST_PROXY: value }, "/nowhere").TRUST_PROXY;
  expect(["0", "false", "1", "true", "2", "10.0.0.0/8,::1"].map(proxies)).toEqual([false, false, 1, 1, 2, ["10.0.0.0/8", "::1"]]);
});

test("names every setting that cannot be used", () => {
  expect(read({ HTTP_PORT: "many", LOG_LEVEL: "loud" })).toThrow(/HTTP_PORT[\s\S]*LOG_LEVEL|LOG_LEVEL[\s\S]*HTTP_PORT/);
});

test.each([["HTTP_PORT", "eighty", /HTTP_PORT: a whole number from 0 to 65535/], ["HTTP_PORT", "99999", /HTTP_PORT: a whole number/], ["LINIJA_DEMO", "yes", /LINIJA_DEMO: 0 or 1/], ["LINIJA_ROLES", "web,cook", /LINIJA_ROLES\.1: any of web, voice/], ["LOG_LEVEL", "loud", /LOG_LEVEL: debug, info/], ["LINIJA_DEMO_PASSWORD", "short", /LINIJA_DEMO_PASSWORD: at least 8/]])("a wrong %s of %s is told in our words, with what can be set", (name, value, told) => {
  expect(read({ [name]: value })).toThrow(told);
});
