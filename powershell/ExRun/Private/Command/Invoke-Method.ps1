# Calls a method and gives what it returns, or the exception that it throws.
$script:TryMethod = $null

function Invoke-Method {
    <#
    .SYNOPSIS
        What a method of .NET returns, or the exception that it throws, as a value: nothing of it is noted in $Error.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Reflection.MethodInfo] $Method,
        # Whose method it is; null for a static one.
        [AllowNull()] [object] $On,
        [object[]] $Arguments,
        # In whose scope it is called; by default in this one.
        [System.Management.Automation.SessionState] $From
    )

    if ($null -eq $script:TryMethod) {
        $expression = [System.Linq.Expressions.Expression]
        $parameters = [System.Linq.Expressions.ParameterExpression[]] @(
            $expression::Parameter([System.Reflection.MethodInfo]), $expression::Parameter([object]), $expression::Parameter([object[]]))
        $call = $expression::Call($parameters[0], [System.Reflection.MethodInfo].GetMethod('Invoke', [type[]] @([object], [object[]])), $parameters[1], $parameters[2])
        $thrown = $expression::Parameter([System.Reflection.TargetInvocationException])
        $cause = $expression::Convert($expression::Property($thrown, 'InnerException'), [object])
        $body = $expression::TryCatch($call, $expression::Catch($thrown, $cause))
        $script:TryMethod = $expression::Lambda([System.Func[System.Reflection.MethodInfo, object, object[], object]], $body, $parameters).Compile()
    }
    if ($null -ne $From) {
        # Its text is compiled in that session state: a literal block would be bound to this module. It has no variables of
        # its own, which a command that looks into the scopes above it could meet.
        $call = [scriptblock]::Create('$args[0].Invoke($args[1], $args[2], $args[3])')
        $result = $From.InvokeCommand.InvokeScript($From, $call, @($script:TryMethod, $Method, $On, $Arguments))
        if ($result.Count -eq 1) { $result = $result[0] }
    } else {
        $result = $script:TryMethod.Invoke($Method, $On, $Arguments)
    }
    # Ctrl+C, and the exit of a script: no failures.
    if ($result -is [System.Management.Automation.PipelineStoppedException] -or $result -is [System.Management.Automation.FlowControlException]) { throw $result }
    # A list that it returns stays one.
    return , $result
}
