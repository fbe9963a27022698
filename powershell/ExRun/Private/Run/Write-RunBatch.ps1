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

    # Rows go out in slices and not in a loop of their own. Where a command behind this one calls break or continue
    # (see Receive-RunRow), $isOut is still set behind the loop or at its head.
    $emitted = 0
    $isOut = $false
    for ($index = 0; $isOut -or $index -lt $Batch.errors.Count; $index++) {
        if ($isOut) {
            $Run.Leaving = 'continue'
            break
        }
        $isOut = $true
        $failure = $Batch.errors[$index]
        if ($failure.after -gt $emitted) { $Batch.rows.GetRange($emitted, $failure.after - $emitted) }
        # The command ends with this error then: it must not hold its journal until the module's next command.
        if ($ErrorActionPreference -eq 'Stop') {
            Close-Run -Run $Run -Outcome 'Failed'
            Write-RunSummary -Run $Run
        }
        $record = New-ErrorRecord -Cmdlet $Run.Cmdlet -Failure $failure.error -Target $failure.mailbox
        Add-View -InputObject $record -Name 'ExRun.MailboxError'
        $Run.Cmdlet.WriteError($record)
        $emitted = [Math]::Max($emitted, $failure.after)
        $isOut = $false
    }
    if ($isOut) { break }
    if ($emitted -lt $Batch.rows.Count) { $Batch.rows.GetRange($emitted, $Batch.rows.Count - $emitted) }
}
