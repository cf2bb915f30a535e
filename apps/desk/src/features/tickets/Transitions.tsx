import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, Tooltip } from "@mantine/core";
import { IconMail } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { forgetDraft } from "../../shared/draft.ts";
import { focusOn } from "../../shared/focus.ts";
import { ProblemNote } from "../../shared/problem.tsx";
import { refresh, useSend } from "../../shared/query.ts";
import { onAsked } from "./asked.ts";
import { LeftSteps } from "./LeftSteps.tsx";
import { useSaid } from "./said.ts";
import { StepForm } from "./StepForm.tsx";
import { forwardStep, stepDraft } from "./steps.ts";
import css from "./tickets.module.css";

type Step = TicketView["transitions"][number];

/** The steps open from here, as buttons; one that asks for something opens its own small form. */
export function Transitions({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const word = useWord();
  const [open, setOpen] = useState<{ step: Step; stage: string } | null>(null);
  const move = useSend("moveTicket", ["getTicket", "listTickets", "clientTimeline"], {
    onSuccess: (_reply, { params, body }) => { forgetDraft(stepDraft(params.id, body.transition)); setOpen(null); focusOn("ticket-subject"); }, onError: () => refresh(["getTicket"]),
  });
  const go = (step: Step, input: Record<string, unknown>) => move.mutate({ params: { id: ticket.id }, body: { version: ticket.version, transition: step.key, input } });
  const show = (step: Step | undefined) => { if (!move.isPending) move.reset(); setOpen(step ? { step, stage: ticket.stage } : null); };
  const press = (step: Step) => {
    // A step that reaches the client is never taken by one press: its form says so and is sent by its own button.
    if (step.fields.length > 0 || step.tellsClient) show(open?.step.key === step.key ? undefined : step);
    else go(step, {});
  };
  useEffect(() => onAsked((id, key) => { if (id === ticket.id) show(ticket.transitions.find((step) => step.key === key)); }));
  const forward = forwardStep(ticket);
  const said = useSaid(ticket);
  const mail = ticket.contactEmail !== null;
  const chosen = ticket.transitions.find((step) => step.key === open?.step.key);
  // Our own step is told by the server's push before its answer is here: only what stays is somebody else's.
  const gone = open && !chosen && !move.isPending ? open.step : null;
  return (
    <>
      {ticket.transitions.length > 0 && <section className={css.block} aria-label={t("ticket.steps")}>
        <div className="row wrap">
          {ticket.transitions.map((step) => (
            <Tooltip key={step.key} label={step.allowed ? t(mail ? "ticket.tells" : "ticket.tellsNobody") : word("refusal", step.reason ?? "")} disabled={step.allowed && !step.tellsClient}>
              <Button variant={open?.step.key === step.key ? "filled" : step.key === forward ? "light" : "default"} aria-expanded={open?.step.key === step.key} aria-disabled={!step.allowed} data-disabled={!step.allowed || undefined} onClick={() => { if (step.allowed) press(step); }} rightSection={step.tellsClient && mail && <IconMail size={13} aria-hidden />} loading={move.isPending && move.variables?.body.transition === step.key}>{step.name}</Button>
            </Tooltip>
          ))}
        </div>
        {chosen && <StepForm key={chosen.key} draftName={stepDraft(ticket.id, chosen.key)} step={chosen} said={said} hasMail={mail} movedTo={open?.stage === ticket.stage ? null : ticket.stageName} error={move.error} busy={move.isPending} onSend={(input) => go(chosen, input)} />}
      </section>}
      {!chosen && <ProblemNote error={move.error} />}
      {!move.isPending && <LeftSteps ticket={ticket} gone={gone} onClose={() => show(undefined)} />}
    </>
  );
}

