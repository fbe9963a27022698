# Characters that JSON does not take as they are.
$script:JsonSpecials = [char[]] @(0..31 + 34 + 92)

function Add-ReportInput {
    <#
    .SYNOPSIS
        Hands what waits in a report to the library as lines of JSON, and emits the rows that are ready.
    .DESCRIPTION
        What waits are the values of the command's parameter: a mailbox each from a pipeline, or a whole list.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Report)

    $buffer = $Report.Buffer
    foreach ($value in $Report.Waiting) {
        # Nothing given is no mailbox; a null that came through the pipeline is one, like a null in a list.
        if ($null -eq $value -and $Report.Cmdlet.MyInvocation.ExpectingInput) { $value = @(, $null) }
        foreach ($mailbox in $value) {
            if ($mailbox -is [string] -and $mailbox.IndexOfAny($script:JsonSpecials) -lt 0) {
                [void] $buffer.Append('"').Append($mailbox).Append("`"`n")
            } else {
                [void] $buffer.Append((ConvertTo-ReportLine -Mailbox $mailbox)).Append("`n")
            }
            if ($buffer.Length -gt 8000) { Push-ReportInput -Report $Report }
        }
    }
    $Report.Waiting.Clear()
    Push-ReportInput -Report $Report
    $Report.NextPush = $Report.Clock.ElapsedMilliseconds + 50
}
