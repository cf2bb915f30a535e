import { Tabs } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import { DryRun } from "./DryRun.tsx";
import { Help } from "./Help.tsx";
import { History } from "./History.tsx";
import { may, useMe } from "../access/session.ts";
import { Try } from "./Try.tsx";
import { Webhooks } from "./Webhooks.tsx";
import css from "./rules.module.css";

export interface Example { kind: "expression" | "rule"; name: Record<string, string>; text: string }
interface Props { projectKey: string; path: string; value: string; examples: readonly Example[]; mayEdit: boolean; onInsert: (text: string) => void; onShowText: (line: number) => void }

/** Beside the rule: trying it on a real ticket, on many, what it did, and the language itself. */
export function Side(props: Props) {
  const t = useT();
  const mayCall = may(useMe(), "webhooks.manage");
  return (
    <Tabs defaultValue={props.mayEdit ? "try" : "history"} className={css.side ?? ""} keepMounted={false}>
      <Tabs.List>
        {props.mayEdit && <Tabs.Tab value="try">{t("rules.try")}</Tabs.Tab>}
        {props.mayEdit && <Tabs.Tab value="dry">{t("rules.dryRun")}</Tabs.Tab>}
        <Tabs.Tab value="history">{t("rules.history")}</Tabs.Tab>
        {mayCall && <Tabs.Tab value="webhooks">{t("rules.webhooks")}</Tabs.Tab>}
        <Tabs.Tab value="help">{t("rules.help")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="try" className="scroll"><Try {...props} /></Tabs.Panel>
      <Tabs.Panel value="dry" className="scroll"><DryRun {...props} /></Tabs.Panel>
      <Tabs.Panel value="history" className="scroll"><History {...props} /></Tabs.Panel>
      {mayCall && <Tabs.Panel value="webhooks" className="scroll"><Webhooks projectKey={props.projectKey} /></Tabs.Panel>}
      <Tabs.Panel value="help" className="scroll"><Help {...props} /></Tabs.Panel>
    </Tabs>
  );
}
