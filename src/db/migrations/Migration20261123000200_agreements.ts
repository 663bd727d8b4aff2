import { Migration } from '@mikro-orm/migrations'

/** Agreements between two payers to know of each other whom they pay for. */
export class Migration20261123000200_agreements extends Migration {
  override up(): void {
    this.addSql(AGREEMENTS)
  }
}

// The lower id first, so that one pair has one order and the exclusion constraint sees every second agreement.
const AGREEMENTS = `
create table agreement (
  id bigserial not null,
  first_id bigint not null,
  second_id bigint not null,
  period daterange not null,
  reference text not null,
  primary key (id),
  constraint agreement_first_id_foreign
    foreign key (first_id) references payer (id) on update no action on delete no action,
  constraint agreement_second_id_foreign
    foreign key (second_id) references payer (id) on update no action on delete no action,
  constraint agreement_order_check check (first_id < second_id),
  constraint agreement_period_check check (not isempty(period) and lower(period) is not null),
  constraint agreement_reference_check check (length(reference) between 1 and 200),
  constraint agreement_one_at_a_time exclude using gist (first_id with =, second_id with =, period with &&)
);
create index agreement_first_second_index on agreement (first_id, second_id);
create index agreement_second_id_index on agreement (second_id);
`
