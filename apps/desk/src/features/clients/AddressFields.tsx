import type { ClientView } from "@linija/server/contract/clients/clients";
import { TextInput } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import css from "./clients.module.css";

export type Address = ClientView["address"];
export const noAddress: Address = { city: "", street: "", house: "", flat: "", postcode: "", country: "" };
/** Enough to find the place: what a request that needs an address asks for. */
export const hasAddress = ({ street, city }: Address): boolean => street.trim() !== "" || city.trim() !== "";

/** `error` stands at the street, which has the id `street`, so that the hands can be led to it. */
export function AddressFields({ address, set, error, id }: { address: Address; set: (address: Address) => void; error?: string; id?: string }) {
  const t = useT();
  const input = (key: keyof Address, more: { error?: string; id?: string } = {}) => <TextInput {...more} label={t(`address.${key}`)} value={address[key]} onChange={(event) => set({ ...address, [key]: event.currentTarget.value })} autoComplete="off" />;
  return (
    <>
      {input("street", { error, id })}
      <div className={css.three}>{input("house")}{input("flat")}{input("postcode")}</div>
      <div className={css.two}>{input("city")}{input("country")}</div>
    </>
  );
}
