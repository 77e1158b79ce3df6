/** The reports that are written as files. */
export const reportFormats = ['html', 'junit', 'json', 'markdown', 'remedies'] as const
export type ReportFormat = (typeof reportFormats)[number]
