function Write-ReportBatch {
    <#
    .SYNOPSIS
        Emits a batch in which mailboxes failed: each row, and right after it its error record.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Report,
        [Parameter(Mandatory = $true)] [psobject] $Batch
    )

    $failures = @{}
    foreach ($failure in $Batch.errors) { $failures[[long] $failure.row] = $failure.error }
    [long] $position = $Report.Delivered
    foreach ($row in $Batch.rows) {
        $row
        $failure = $failures[$position]
        if ($null -ne $failure) {
            $Report.Cmdlet.WriteError((New-ErrorRecord -Cmdlet $Report.Cmdlet -Failure $failure -Target $row.MailboxName))
        }
        $position++
    }
}
