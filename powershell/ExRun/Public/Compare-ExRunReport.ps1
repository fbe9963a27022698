function Compare-ExRunReport {
    <#
    .SYNOPSIS
        Says what changed between two reports: who, which property, from what to what.
    .DESCRIPTION
        A report is a file (.csv or .jsonl), a journal, or the objects themselves. Rows belong together by the
        mailbox's name, compared without case; of a mailbox that is there several times the first with the first and
        so on. A mailbox that could not be read in one of the two is not taken for changed: it is said to have failed.
    .PARAMETER Old
        The earlier report: the path of its file or journal, or its rows.
    .PARAMETER New
        The later one.
    .PARAMETER Key
        The property that says which rows belong together; by default MailboxName.
    .PARAMETER Ignore
        Properties whose changes do not count.
    .PARAMETER OutFile
        Writes the rows to this file and not to the pipeline: .csv, .jsonl or .html by its ending. The file
        appears when it is complete, and replaces one of that name.
    .PARAMETER DefuseFormulas
        With OutFile: puts an apostrophe before text that a spreadsheet would take for a formula.
    .PARAMETER Encoding
        With OutFile of .csv: utf8BOM begins the file with a byte order mark, without which Excel shows letters with
        accents wrongly when it opens the file. utf8 and utf8NoBOM are without one, as in PowerShell 7 (in Windows
        PowerShell utf8 has one), and so is the default.
    .EXAMPLE
        Compare-ExRunReport monday.csv tuesday.csv

        Compares two reports of Export-Csv.
    .EXAMPLE
        Compare-ExRunReport monday.csv tuesday.csv -OutFile changes.html

        Writes what changed as a page for people: sums, and a table that can be searched, sorted and printed.
    .EXAMPLE
        $before = Import-Csv before.csv
        Compare-ExRunReport $before (Get-MailboxSettingsReport -All) | Where-Object Property -eq TimeZone

        Compares a file with what is there now.
    .OUTPUTS
        Objects with MailboxName, Change (Added, Removed, Changed or Failed), Property, From and To: one for each
        property that changed. Nothing with OutFile.
    #>
    [CmdletBinding()]
    [OutputType('ExRun.ReportChange')]
    param(
        [Parameter(Position = 0, Mandatory = $true)] [AllowNull()] [AllowEmptyCollection()] [System.Object] $Old,
        [Parameter(Position = 1, Mandatory = $true)] [AllowNull()] [AllowEmptyCollection()] [System.Object] $New,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $Key,
        [Parameter()] [ValidateNotNullOrEmpty()] [string[]] $Ignore,
        # shared: run OutFile DefuseFormulas Encoding
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $OutFile,
        [Parameter()] [switch] $DefuseFormulas,
        [Parameter()] [ValidateSet('utf8', 'utf8BOM', 'utf8NoBOM')] [string] $Encoding
        # end: run
    )

    end {
        Enter-Command -Cmdlet $PSCmdlet
        $run = Open-Comparison -Cmdlet $PSCmdlet -Old $Old -New $New -Key $Key -Ignore $Ignore -Bound $PSBoundParameters
        Receive-RunRow -Run $run -TimeoutMs 200 -ToEnd
        Close-Run -Run $run -Outcome 'Completed'
    }

    # Windows PowerShell cannot read it; from version 7.3 on the module is loaded with it.
    # clean: { Clear-AbandonedRun -Cmdlet $PSCmdlet }
}
