import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, CopyButton } from "@mantine/core";
import { IconArrowForwardUp } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { forgetDraft } from "../../shared/draft.ts";
import { leftDrafts, type Left } from "./steps.ts";
import css from "./tickets.module.css";

interface Props { ticket: TicketView; /** The step whose form stood open when it went away. */ gone: { name: string } | null; onClose: () => void }

/** Two had one ticket open and the other was first: that is said, and what was typed for the step stays to be read and copied. */
export function LeftSteps({ ticket, gone, onClose }: Props) {
  const t = useT();
  const [, drawAgain] = useState(0);
  const left: Left[] = leftDrafts(ticket.id, ticket.transitions);
  const told = gone && !left.some(({ step }) => step === gone.name) ? [{ name: "", step: gone.name, typed: [] }, ...left] : left;
  const discard = (name: string) => { if (name) forgetDraft(name); onClose(); drawAgain((count) => count + 1); };
  return told.map(({ name, step, typed }) => (
    <section key={name} className={`${css.block} ${css.left}`} role="alert" aria-label={t("ticket.left", { step })}>
      <div className="row"><IconArrowForwardUp size={17} aria-hidden /><b>{t("ticket.left", { step })}</b></div>
      <p>{t("ticket.leftNow", { stage: ticket.stageName })}{typed.length > 0 && ` ${t("ticket.leftKept")}`}</p>
      {typed.length > 0 && <dl>{typed.map(({ field, text }) => <div key={field}><dt>{field}</dt><dd className="pre">{text}</dd></div>)}</dl>}
      <div className="row">
        {typed.length > 0 && <CopyButton value={typed.map(({ field, text }) => `${field}: ${text}`).join("\n")}>{({ copied, copy }) => <Button size="compact-sm" variant="default" onClick={copy}>{t(copied ? "do.copied" : "ticket.leftCopy")}</Button>}</CopyButton>}
        <Button size="compact-sm" variant="subtle" onClick={() => discard(name)}>{t(typed.length > 0 ? "do.discard" : "do.close")}</Button>
      </div>
    </section>
  ));
}
