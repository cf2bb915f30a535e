import { expect, test } from "vitest";
import { answerChallenge } from "./digest.client.ts";
import { challenge, createDigestRealm, parseAuthorization, verifyDigest, type DigestRealm, type DigestVerdict } from "./digest.server.ts";
import { digestHa1, digestResponse, parseDigest, type DigestAlgorithm } from "./digest.ts";
import { SipResponse } from "../message/message.ts";

test("the example of RFC 2617 §3.5 comes out (MD5)", () => {
  const ha1 = digestHa1("MD5", "Mufasa", "testrealm@host.com", "Circle Of Life");
  const nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
  expect(digestResponse({ algorithm: "MD5", ha1, method: "GET", uri: "/dir/index.html", nonce, qop: { nc: "00000001", cnonce: "0a4f113b" } }))
    .toBe("6629fae49393a05397450978507c4ef1");
});

test("the example of RFC 7616 §3.9.1 comes out (SHA-256)", () => {
  const ha1 = digestHa1("SHA-256", "Mufasa", "http-auth@example.org", "Circle of Life");
  const nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  const qop = { nc: "00000001", cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" };
  expect(digestResponse({ algorithm: "SHA-256", ha1, method: "GET", uri: "/dir/index.html", nonce, qop }))
    .toBe("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
});

interface Scene { realm: DigestRealm; later(ms: number): void; ask(options?: { password?: string; algorithm?: DigestAlgorithm; nc?: string; values?: string[] }): DigestVerdict }

function scene(algorithms?: DigestAlgorithm[]): Scene {
  let nowMs = 1_000_000;
  const realm = createDigestRealm({ realm: "line", now: () => nowMs, nonceTtlMs: 60_000, ...(algorithms && { algorithms }) });
  const first = challenge(realm);
  return {
    realm,
    later: (ms) => { nowMs += ms; },
    ask: ({ password = "secret", nc = "00000001", values = first } = {}) => {
      const response = new SipResponse(401, "Unauthorized", "SIP/2.0");
      for (const value of values) {
        response.names.push("www-authenticate");
        response.values.push(value);
      }
      const row = answerChallenge(response, { method: "REGISTER", uri: "sip:line" }, { username: 'an"a', password })!;
      const authorization = parseAuthorization(row.slice("Authorization: ".length, -2))!;
      expect(authorization.username).toBe('an"a');
      const uses = { ...authorization, qop: { ...authorization.qop!, nc } };
      if (nc !== "00000001") {
        const { algorithm, uri, nonce } = authorization;
        uses.response = digestResponse({ algorithm, ha1: digestHa1(algorithm, 'an"a', "line", password), method: "REGISTER", uri, nonce, qop: uses.qop });
      }
      return verifyDigest(realm, { method: "REGISTER", authorization: uses, ha1: digestHa1(authorization.algorithm, 'an"a', "line", "secret") });
    },
  };
}

test("the right password is good for each nonce count once, in rising order", () => {
  const { ask } = scene();
  expect(ask()).toBe("ok");
  expect(ask()).toBe("replayed");
  expect(ask({ nc: "0000000a" })).toBe("ok");
  expect(ask({ nc: "00000009" })).toBe("replayed");
});

test.each(["MD5", "SHA-256"] as const)("%s alone works", (algorithm) => {
  expect(scene([algorithm]).ask()).toBe("ok");
  expect(scene([algorithm]).ask({ password: "wrong" })).toBe("wrong");
});

test("an expired nonce is stale only with the right password", () => {
  const { ask, later } = scene();
  later(60_001);
  expect(ask()).toBe("stale");
  expect(ask({ password: "wrong" })).toBe("wrong");
});

test("a nonce somebody else made is stale, another realm is wrong_realm, an unknown user is wrong", () => {
  const { ask, realm } = scene();
  expect(ask({ values: challenge(createDigestRealm({ realm: "line" })) })).toBe("stale");
  expect(ask({ values: challenge(createDigestRealm({ realm: "other" })) })).toBe("wrong_realm");
  const authorization = parseAuthorization('Digest username="x", realm="line", nonce="n", uri="sip:line", response="00"')!;
  expect(verifyDigest(realm, { method: "REGISTER", authorization, ha1: null })).toBe("wrong");
});

test("stale is said in the challenge", () => {
  expect(challenge(createDigestRealm({ realm: "line" }), { isStale: true })[0]).toContain("stale=true");
});

test("malformed and foreign credentials count as none", () => {
  for (const text of ["", "Basic abc", "Digest", "Digest x", 'Digest username="a', 'Digest username="a" realm="b"', 'Digest username="a", username="b"',
    'Digest username="a", realm="b", nonce="c", uri="d", response="e", algorithm=MD5-sess', 'Digest username="a", realm="b", nonce="c", uri="d", response="e", qop=auth-int, nc=00000001, cnonce="f"']) {
    expect(parseAuthorization(text), text).toBeNull();
  }
  expect(parseDigest('digest a=b ,c="d, \\"e"')).toEqual(new Map([["a", "b"], ["c", 'd, "e']]));
});
