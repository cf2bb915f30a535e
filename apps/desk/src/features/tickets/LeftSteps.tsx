import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, CopyButton } from "@mantine/core";
import { IconArrowForwardUp } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { forgetDraft } from "../../shared/draft.ts";
import { leftDrafts, type Left } from "./steps.ts";
import css from "./tickets.module.css";

interface Props { ticket: TicketView; /** The step whose form stood open when somebody else's step took it away. */ gone: { name: string } | null; onClose: () => void }

/** What was typed for a step that is not there any more stays to be read and copied. Only where its form stood open was somebody else first; all other words their reader left there. */
export function LeftSteps({ ticket, gone, onClose }: Props) {
  const t = useT();
  const [, drawAgain] = useState(0);
  const left: Left[] = leftDrafts(ticket.id, ticket.transitions);
  const told = gone && !left.some(({ step }) => step === gone.name) ? [{ name: "", step: gone.name, typed: [] }, ...left] : left;
  const discard = (name: string) => { if (name) forgetDraft(name); onClose(); drawAgain((count) => count + 1); };
  return told.map(({ name, step, typed }) => {
    const [title, now] = step === gone?.name ? (["ticket.left", "ticket.leftNow"] as const) : (["ticket.leftWords", "ticket.leftWordsNow"] as const);
    return (
    <section key={name} className={`${css.block} ${css.left}`} role="alert" aria-label={t(title, { step })}>
      <div className="row"><IconArrowForwardUp size={17} aria-hidden /><b>{t(title, { step })}</b></div>
      <p>{t(now, { stage: ticket.stageName })}{typed.length > 0 && ` ${t("ticket.leftKept")}`}</p>
      {typed.length > 0 && <dl>{typed.map(({ field, text }) => <div key={field}><dt>{field}</dt><dd className="pre">{text}</dd></div>)}</dl>}
      <div className="row">
        {typed.length > 0 && <CopyButton value={typed.map(({ field, text }) => `${field}: ${text}`).join("\n")}>{({ copied, copy }) => <Button size="compact-sm" variant="default" onClick={copy}>{t(copied ? "do.copied" : "ticket.leftCopy")}</Button>}</CopyButton>}
        <Button size="compact-sm" variant="subtle" onClick={() => discard(name)}>{t(typed.length > 0 ? "do.discard" : "do.close")}</Button>
      </div>
    </section>
    );
  });
}
