# Of a line that goes where no lines are cut.
$script:LongestErrorLine = 512

function Format-MailboxError {
    <#
    .SYNOPSIS
        The error of a mailbox of a run in one line: the cause, the mailbox, and the words of whoever refused it. A console
        gets no more of it than a line holds; the record has all.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.ErrorRecord] $Record,
        # Most characters; by default as many as the console has columns.
        [int] $Most = (Get-ConsoleWidth)
    )

    $data = $Record.Exception.Data
    $words = [string] $Record.Exception.Message
    if ($data['serviceMessage']) {
        $words = [string] $data['serviceMessage']
        # Another name of a cause says no more than that.
        if ($data['name'] -eq 'Service' -and $data['serviceCode']) { $words = '{0}: {1}' -f $data['serviceCode'], $words }
    } else {
        # What was being done, to which mailbox, is said before it.
        $begin = '{0} {1}: ' -f $data['action'], $data['target']
        if ($words.StartsWith($begin, [System.StringComparison]::Ordinal)) { $words = $words.Substring($begin.Length) }
    }
    $parts = @($data['name'], $Record.TargetObject, $words) | Microsoft.PowerShell.Core\Where-Object { $_ }
    return Format-OneLine -Value (@($parts) -join ': ') -Most $Most
}
