# Of each command that is under way: how many changes to its connections this runspace had made when it began.
$script:CommandStarts = [System.Runtime.CompilerServices.ConditionalWeakTable[object, object]]::new()

function Get-CommandStart {
    <#
    .SYNOPSIS
        How many changes to its connections this runspace had made when a command began.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param([Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet)

    $start = $null
    if ($script:CommandStarts.TryGetValue($Cmdlet, [ref] $start)) { return [int] $start }
    return (Get-OwnConnection).Number
}
