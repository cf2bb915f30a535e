import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { registry } from "../../platform/metrics.ts";
import { diskProbe, judgeDisk } from "./health.disk.ts";

const GB = 1_000_000_000;

test.each([
  ["ok", 40 * GB, 100 * GB, "40 GB free of 100 GB"],
  ["ok", 10 * GB, 100 * GB, "10 GB free of 100 GB"],
  ["degraded", 9.9 * GB, 100 * GB, "9.9 GB free of 100 GB"],
  ["degraded", 1.9 * GB, 5 * GB, "1.9 GB free of 5.0 GB"],
  ["degraded", 0.2 * GB, 100 * GB, "200 MB free of 100 GB"],
  ["down", 0.19 * GB, 100 * GB, "190 MB free of 100 GB"],
  ["down", 0, 100 * GB, "0 MB free of 100 GB"],
] as const)("the disk is %s with %d bytes free of %d", (state, freeBytes, totalBytes, detail) => {
  expect(judgeDisk({ freeBytes, totalBytes })).toEqual({ state, detail });
});

test("of the data's disks the tightest speaks, and its room is a figure", async () => {
  const room: Record<string, number> = { "/data": 50 * GB, "/var/tmp/cluster": 1.5 * GB };
  const probe = diskProbe(() => Object.keys(room), (folder) => Promise.resolve({ freeBytes: room[folder]!, totalBytes: 100 * GB }));
  expect(await probe.look()).toEqual({ state: "degraded", detail: "1.5 GB free of 100 GB" });
  expect(await registry.getSingleMetricAsString("linija_disk_free_bytes")).toContain("linija_disk_free_bytes 1500000000");
});

test("a real disk is read, and a folder that is gone is said to be down by its kind", async () => {
  expect((await diskProbe(() => [tmpdir()]).look()).detail).toMatch(/(GB|MB) free of/);
  await expect(Promise.resolve(diskProbe(() => ["/nowhere/at/all"]).look())).rejects.toMatchObject({ code: "ENOENT" });
  expect(await registry.getSingleMetricAsString("linija_disk_free_bytes"), "the other figures are still told").toMatch(/linija_disk_free_bytes Nan/i);
});
