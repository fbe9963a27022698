function Invoke-InputScript {
    <#
    .SYNOPSIS
        What a run's script block gives for one entry of the input, which is the block's $_.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        # The member of the input line that the block gives.
        [Parameter(Mandatory = $true)] [string] $Member,
        [AllowNull()] [object] $Mailbox
    )

    $variables = [System.Collections.Generic.List[psvariable]]::new()
    $variables.Add([psvariable]::new('_', $Mailbox))
    $given = @($Run.InputScript[$Member].Block.InvokeWithContext($null, $variables, @()))
    # Nothing is null, and one value is itself.
    if ($given.Count -le 1) { $given = if ($given.Count -eq 1) { , $given[0] } }
    $bound = $Run.Cmdlet.MyInvocation.BoundParameters
    if ($Member -eq '@body') { $given = ConvertTo-RequestBody -Cmdlet $Run.Cmdlet -Body $given -Header $bound['Header'] }
    if ($Member -eq '@verify' -and $null -ne $given) { $given = ConvertTo-LookUp -Verify $given }
    if ($Member -eq '@settings') { $given = Join-MailboxSetting -Cmdlet $Run.Cmdlet -Bound $bound -Settings $given }
    return , $given
}
