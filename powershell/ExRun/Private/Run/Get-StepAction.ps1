function Get-StepAction {
    <#
    .SYNOPSIS
        What all steps of a run would send, for the question whether they may: the whole URL of each, for the first
        mailbox where there is one.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # The mailboxes that were given.
        [AllowEmptyCollection()] [object[]] $Mailbox = @(),
        # The steps, as they go to the library.
        [Parameter(Mandatory = $true)] [object[]] $Step
    )

    $first = @($Mailbox | Microsoft.PowerShell.Core\Where-Object { $null -ne $_ } | Microsoft.PowerShell.Utility\Select-Object -First 1)
    $each = foreach ($one in $Step) {
        $of = @{ Path = [string] $one['path'] }
        foreach ($name in 'AccessToken', 'CertFileName', 'Certificate', 'Connection', 'ApiVersion', 'OutsideMailbox') {
            if ($Bound.ContainsKey($name)) { $of[$name] = $Bound[$name] }
        }
        $method = if ($one['method']) { $one['method'] } else { 'GET' }
        $when = ''
        if ($one['when']) { $when = ' when {0} is there' -f $one['when'] }
        if ($one['unless']) { $when += ' unless {0} is there' -f $one['unless'] }
        if ($one['forEach']) { $when += ' for each of {0}' -f $one['forEach'] }
        '{0}: {1} {2}{3}' -f $one['name'], $method, (Get-RequestUrl -Cmdlet $Cmdlet -Bound $of -Mailbox $first), $when
    }
    $others = if ($Mailbox.Count -gt 1) { '; and likewise for {0} more' -f ($Mailbox.Count - 1) } else { '' }
    return ('{0} steps: {1}{2}' -f @($Step).Count, ($each -join '; '), $others)
}
