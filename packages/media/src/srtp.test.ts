import { randomBytes } from "node:crypto";
import { RtpHeader, RtpPacket, SrtcpSession, SrtpSession, RtcpRrPacket } from "werift";
import { describe, expect, test } from "vitest";
import { SrtpContext, profileCm, profileGcm } from "./srtp.ts";

const rtp = (seq: number, payload = Buffer.alloc(160, 0x5a), ssrc = 0xcafebabe): Buffer => {
  const packet = Buffer.alloc(12 + payload.length);
  packet[0] = 0x80;
  packet.writeUInt16BE(seq & 0xffff, 2);
  packet.writeUInt32BE((seq * 160) >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  payload.copy(packet, 12);
  return packet;
};

describe.each([["AES_CM_128_HMAC_SHA1_80", profileCm, 14], ["AEAD_AES_128_GCM", profileGcm, 12]] as const)("%s", (_name, profile, saltBytes) => {
  const master = { key: randomBytes(16), salt: randomBytes(saltBytes) };
  const pair = (): [SrtpContext, SrtpContext] => [new SrtpContext(profile, master), new SrtpContext(profile, master)];
  const weriftConfig = {
    profile,
    keys: { localMasterKey: master.key, localMasterSalt: master.salt, remoteMasterKey: master.key, remoteMasterSalt: master.salt },
  };
  const protect = (context: SrtpContext, packet: Buffer): Buffer => {
    const out = Buffer.concat([packet, Buffer.alloc(16)]);
    return Buffer.from(out.subarray(0, context.protect(out, packet.length)));
  };

  test("another implementation reads what we protect", () => {
    const [sender] = pair();
    const session = new SrtpSession(weriftConfig);
    for (const seq of [65_534, 65_535, 65_536, 65_537]) {
      const packet = rtp(seq);
      expect(session.decrypt(protect(sender, packet))).toEqual(packet);
    }
  });

  test("we read what another implementation protects, over the rollover", () => {
    const [, receiver] = pair();
    const session = new SrtpSession(weriftConfig);
    for (const seq of [65_533, 65_534, 65_535, 0, 1, 2]) {
      const payload = randomBytes(160);
      const header = new RtpHeader({ sequenceNumber: seq, timestamp: seq, ssrc: 77, payloadType: 8 });
      const sealed = session.encrypt(payload, header);
      const length = receiver.unprotect(sealed);
      expect(RtpPacket.deSerialize(sealed.subarray(0, length)).payload).toEqual(payload);
    }
  });

  test("a replayed packet is refused, a late one inside the window is taken once", () => {
    const [sender, receiver] = pair();
    const sealed = Array.from({ length: 300 }, (_, i) => protect(sender, rtp(i)));
    for (const [i, packet] of sealed.entries()) if (i !== 290 && i !== 5) expect(receiver.unprotect(Buffer.from(packet))).toBe(172);
    expect(receiver.unprotect(Buffer.from(sealed[299]!))).toBe(-1);
    expect(receiver.unprotect(Buffer.from(sealed[200]!))).toBe(-1);
    expect(receiver.unprotect(Buffer.from(sealed[290]!))).toBe(172);
    expect(receiver.unprotect(Buffer.from(sealed[290]!))).toBe(-1);
    expect(receiver.unprotect(Buffer.from(sealed[5]!))).toBe(-1);
    expect(receiver.replayed).toBe(4);
    expect(receiver.forged).toBe(0);
  });

  test("a changed packet is refused and does not move the window", () => {
    const [sender, receiver] = pair();
    const packets = [1, 2, 30_000].map((seq) => protect(sender, rtp(seq)));
    expect(receiver.unprotect(Buffer.from(packets[0]!))).toBe(172);
    for (const at of [3, 9, 40, 181]) {
      const bent = Buffer.from(packets[2]!);
      bent[at]! ^= 1;
      expect(receiver.unprotect(bent)).toBe(-1);
    }
    expect(receiver.unprotect(Buffer.from(packets[1]!))).toBe(172);
  });

  test("two sources of one association have windows of their own", () => {
    const [sender, receiver] = pair();
    for (const ssrc of [1, 2]) expect(receiver.unprotect(protect(sender, rtp(7, Buffer.alloc(20), ssrc)))).toBe(32);
  });

  test("RTCP goes both ways with another implementation and is not taken twice", () => {
    const [sender, receiver] = pair();
    const session = new SrtcpSession(weriftConfig);
    const report = Buffer.from("81c90007000004d2000010e100000000000000010000000000000000000000000000000000000000000000000000", "hex").subarray(0, 32);
    expect(session.decrypt(sender.protectRtcp(report))).toEqual(report);
    const sealed = session.encrypt(new RtcpRrPacket({ ssrc: 5 }).serialize());
    expect(receiver.unprotectRtcp(Buffer.from(sealed))?.readUInt32BE(4)).toBe(5);
    expect(receiver.unprotectRtcp(Buffer.from(sealed))).toBeNull();
    const bent = sender.protectRtcp(report);
    bent[9]! ^= 1;
    expect(receiver.unprotectRtcp(bent)).toBeNull();
  });

  test("noise of any length is refused without a throw", () => {
    const [, receiver] = pair();
    for (let length = 0; length < 200; length++) {
      const noise = randomBytes(length);
      if (length > 0) noise[0] = 0x90 | (noise[0]! & 0x0f);
      if (length >= 12) expect(receiver.unprotect(Buffer.from(noise))).toBe(-1);
      if (length >= 8) expect(receiver.unprotectRtcp(noise)).toBeNull();
    }
  });
});
