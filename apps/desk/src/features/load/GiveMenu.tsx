import { Button, Menu } from "@mantine/core";
import { IconScale, IconUserShare } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { refresh, useApi, useSend } from "../../shared/query.ts";
import { say, useRefusal, useUndo } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import css from "./load.module.css";

const touched = ["getLoad", "findTickets", "getTicket", "listTickets", "clientTimeline"] as const;

/** For who leads: to whoever has the least to do, or to a person, the least laden first; undone by one press (R218). */
export function GiveMenu({ ticketId, projectKey, ownerId, quiet = false }: { ticketId: string; projectKey: string; ownerId: string | null; /** Beside a name, where the ticket itself is what is looked at. */ quiet?: boolean }) {
  const t = useT();
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  const { data } = useApi("getLoad", { query: { project: projectKey } }, { enabled: isOpen, staleTime: 10_000 });
  const undo = useUndo();
  const refuse = useRefusal();
  const give = useSend("giveTicket", [...touched], { onError: (error) => { refuse(error); refresh([...touched]); } });
  if (!may(me, "load.give")) return null;
  const to = (userId: string | null) => give.mutate({ params: { id: ticketId }, body: { userId } }, {
    onSuccess: (given) => {
      if (given.from?.id === given.to.id) say(t("load.stays", { name: given.to.name }));
      else if (given.from) undo(t("load.given", { name: given.to.name }), () => give.mutate({ params: { id: ticketId }, body: { userId: given.from!.id } }));
      else say(t("load.given", { name: given.to.name }));
    },
  });
  const people = (data?.people ?? []).filter(({ id, atWork, projects }) => id !== ownerId && atWork && projects.includes(projectKey)).toSorted((one, other) => one.open - other.open || one.name.localeCompare(other.name));
  return (
    <Menu position="bottom-end" width={280} opened={isOpen} onChange={setOpen} withinPortal>
      <Menu.Target><Button size="compact-sm" variant={quiet ? "subtle" : "default"} leftSection={<IconUserShare size={14} />} loading={give.isPending}>{t("load.give")}</Button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconScale size={15} />} onClick={() => to(null)}>{t("load.least")}</Menu.Item>
        {people.length > 0 && <Menu.Divider />}
        <div className={`scroll ${css.people}`}>{people.map((person) => <Menu.Item key={person.id} onClick={() => to(person.id)} rightSection={<span className="num small dim">{t("load.count", { count: person.open })}</span>}>{person.name}</Menu.Item>)}</div>
      </Menu.Dropdown>
    </Menu>
  );
}
