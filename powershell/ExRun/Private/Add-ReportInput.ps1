# Characters that JSON does not take as they are.
$script:JsonSpecials = [char[]] @(0..31 + 34 + 92)

function Add-ReportInput {
    <#
    .SYNOPSIS
        Hands mailboxes to a report and emits the rows that are ready.
    .DESCRIPTION
        A list goes over in portions, so that its first rows come before its last entries are read; a single object
        from the pipeline goes over at once.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Report,
        [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [object] $Mailboxes
    )

    # Nothing given is no mailbox; a null that came through the pipeline is one, like a null in a list.
    if ($null -eq $Mailboxes -and $Report.Cmdlet.MyInvocation.ExpectingInput) { $Mailboxes = @(, $null) }
    $buffer = $Report.Buffer
    foreach ($mailbox in $Mailboxes) {
        if ($mailbox -is [string] -and $mailbox.IndexOfAny($script:JsonSpecials) -lt 0) {
            [void] $buffer.Append('"').Append($mailbox).Append("`"`n")
        } else {
            [void] $buffer.Append((ConvertTo-ReportLine -Mailbox $mailbox)).Append("`n")
        }
        if (++$Report.Buffered -ge 256) { Push-ReportInput -Report $Report }
    }
    Push-ReportInput -Report $Report
}
