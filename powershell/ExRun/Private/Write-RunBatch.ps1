function Write-RunBatch {
    <#
    .SYNOPSIS
        Emits a batch in which mailboxes failed: each row, and the error records where they belong among them.
    .DESCRIPTION
        Each error says how many rows of its batch come before it. A failed mailbox of a report has its row right
        before its error; one of a run whose rows are the service's objects may have none.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        [Parameter(Mandatory = $true)] [psobject] $Batch
    )

    $emitted = 0
    foreach ($failure in $Batch.errors) {
        for (; $emitted -lt $failure.after; $emitted++) { $Batch.rows[$emitted] }
        $Run.Cmdlet.WriteError((New-ErrorRecord -Cmdlet $Run.Cmdlet -Failure $failure.error -Target $failure.mailbox))
    }
    for (; $emitted -lt $Batch.rows.Count; $emitted++) { $Batch.rows[$emitted] }
}
