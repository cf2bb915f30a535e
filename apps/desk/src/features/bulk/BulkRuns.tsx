import type { BulkRun } from "@linija/server/contract/bulk/bulk";
import { Button, Modal } from "@mantine/core";
import { IconArrowLeft, IconHistory } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { usePages } from "../../shared/query.ts";
import { ActionWords } from "./ActionWords.tsx";
import { BulkProgress } from "./BulkProgress.tsx";
import css from "./bulk.module.css";

const DAY_MS = 24 * 3_600_000;

/** One's own bulk changes of the last day: how far each is, and the way to take it back. Nothing while there are none. */
export default function BulkRuns() {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  const [run, setRun] = useState<BulkRun | null>(null);
  const [since] = useState(() => Date.now() - DAY_MS);
  const list = usePages("listBulk", { query: {} }, { anyOrder: true });
  const runs = (list.items ?? []).filter(({ at }) => Date.parse(at) >= since);
  if (runs.length === 0) return null;
  const close = () => { setOpen(false); setRun(null); };
  return (
    <>
      <Button variant="default" title={t("bulk.runs")} leftSection={<IconHistory size={15} />} onClick={() => setOpen(true)}>{t("bulk.runs")}</Button>
      <Modal opened={isOpen} size="lg" onClose={close} title={<b>{run ? t("bulk.title") : t("bulk.runsOfDay")}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
        {run ? <div className="stack"><div><Button size="compact-sm" variant="subtle" leftSection={<IconArrowLeft size={14} />} onClick={() => setRun(null)}>{t("bulk.runs")}</Button></div><BulkProgress started={run} onDone={close} /></div>
          : <ul className={css.runs}>{runs.map((each) => <li key={each.id}><button type="button" onClick={() => setRun(each)}><span><ActionWords run={each} /></span><span className="dim small"><Moment at={each.at} full /> · {t("bulk.picked", { count: each.total })} · {t(each.state === "ready" ? "bulk.triedOnly" : `bulk.state.${each.state}`)}</span></button></li>)}</ul>}
      </Modal>
    </>
  );
}
