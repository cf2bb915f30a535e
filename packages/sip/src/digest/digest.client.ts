import { algorithmOf, digestField, digestHa1, digestResponse, parseDigest, type Credentials, type DigestAlgorithm } from "./digest.ts";
import type { SipResponse } from "../message/message.ts";
import { randomHex } from "../transaction/random.ts";

export type { Credentials } from "./digest.ts";

interface Challenge { algorithm: DigestAlgorithm; fields: Map<string, string>; answerName: string }

/** The strongest challenge we can answer; servers that offer both put SHA-256 beside MD5 (RFC 8760 §2.4). */
function pickChallenge(response: SipResponse): Challenge | null {
  const [name, answerName] = response.status === 407 ? ["proxy-authenticate", "Proxy-Authorization"] : ["www-authenticate", "Authorization"];
  let best: Challenge | null = null;
  for (const row of response.rows(name)) {
    const fields = parseDigest(row);
    const algorithm = fields && algorithmOf(fields);
    if (!fields || !algorithm || !fields.has("nonce") || !fields.has("realm") || !isQopKnown(fields)) continue;
    if (!best || (best.algorithm === "MD5" && algorithm === "SHA-256")) best = { algorithm, fields, answerName };
  }
  return best;
}

const isQopKnown = (fields: Map<string, string>): boolean => {
  const qop = fields.get("qop");
  return qop === undefined || qop.split(",").some((option) => option.trim().toLowerCase() === "auth");
};

/** Whether a second challenge says only that the nonce has grown old, so that trying again makes sense. */
export const isStaleChallenge = (response: SipResponse): boolean => pickChallenge(response)?.fields.get("stale")?.toLowerCase() === "true";

/**
 * Answers the challenge of a 401 or 407 with the header row "Authorization: …\r\n" (or Proxy-Authorization). Null when
 * nothing in it can be answered: another scheme, an unknown algorithm or qop.
 */
export function answerChallenge(response: SipResponse, request: { method: string; uri: string }, credentials: Credentials): string | null {
  const challenge = pickChallenge(response);
  if (!challenge) return null;
  const { algorithm, fields, answerName } = challenge;
  const realm = fields.get("realm")!;
  const nonce = fields.get("nonce")!;
  const qop = fields.has("qop") ? { nc: "00000001", cnonce: randomHex(8) } : null;
  const ha1 = digestHa1(algorithm, credentials.username, realm, credentials.password);
  const { method, uri } = request;
  const parts = [
    digestField("username", credentials.username), digestField("realm", realm), digestField("nonce", nonce), digestField("uri", uri),
    digestField("response", digestResponse({ algorithm, ha1, method, uri, nonce, qop })), `algorithm=${algorithm}`,
  ];
  if (qop) parts.push(digestField("cnonce", qop.cnonce), "qop=auth", `nc=${qop.nc}`);
  if (fields.has("opaque")) parts.push(digestField("opaque", fields.get("opaque")!));
  return `${answerName}: Digest ${parts.join(", ")}\r\n`;
}
