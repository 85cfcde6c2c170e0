/** The name by which AWS SDK clients tell their errors apart; undefined for what is not an error. */
export const errorName = (error: unknown): string | undefined => (error instanceof Error ? error.name : undefined);
